// What resolvers get as a parent where it is less than the type has fields.

/** What a `Conversation` is known by; its fields resolve the rest. */
export type ConversationParent = { workspaceId: string; id: string };
