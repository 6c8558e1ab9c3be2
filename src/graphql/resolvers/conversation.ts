// The resolvers of Conversation.
import type { ConversationResolvers } from "../__generated__/resolvers.ts";
import { readParticipant, readParticipants } from "./lookup.ts";
import { resolveConversation } from "./references.ts";

export const Conversation = {
  __resolveReference: (reference) => resolveConversation(reference),
  workspaceId: (conversation) => conversation.workspaceId,
  id: (conversation) => conversation.id,
  participant: ({ workspaceId, id }, { key, value }, context) =>
    readParticipant(context, { workspaceId, conversationId: id, key, value }),
  participantsByIdentifier: ({ workspaceId, id }, { identifiers }, context) =>
    readParticipants(context, { workspaceId, conversationId: id }, identifiers),
} satisfies Required<ConversationResolvers>;
