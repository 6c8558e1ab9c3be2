// The resolvers of Mutation.
import type { MutationResolvers } from "../__generated__/resolvers.ts";
import { updateParticipant } from "./lookup.ts";

export const Mutation = {
  updateParticipantStatus: (_parent, { input }, context) => updateParticipant(context, input),
} satisfies Required<MutationResolvers>;
