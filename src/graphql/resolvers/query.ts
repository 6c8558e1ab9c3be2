// The resolvers of Query.
import type { QueryResolvers } from "../__generated__/resolvers.ts";
import { readParticipant, readParticipants } from "./lookup.ts";

export const Query = {
  conversationParticipant: (_parent, address, context) => readParticipant(context, address),
  conversationParticipants: (_parent, { workspaceId, conversationId, identifiers }, context) =>
    readParticipants(context, { workspaceId, conversationId }, identifiers),
} satisfies Required<QueryResolvers>;
