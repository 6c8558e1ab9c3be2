// The reference resolver of ConversationParticipant, by either of its keys. Its fields are plain values from results.ts.
import type { ConversationParticipantResolvers } from "../__generated__/resolvers.ts";
import { resolveParticipant } from "./references.ts";

export const ConversationParticipant = {
  __resolveReference: (reference, context) => resolveParticipant(context, reference),
} satisfies ConversationParticipantResolvers;
