// Query: where reading begins.
import type { QueryResolvers } from "../__generated__/resolvers.ts";
import { readParticipant } from "../participants.ts";

export const Query = {
  conversationParticipant: (_parent, address, context) => readParticipant(context, address),
} satisfies Required<QueryResolvers>;
