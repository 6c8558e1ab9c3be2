// What a resolver may use: made anew for every request, and gone with it.
import type { GraphQLError } from "graphql";
import type { Caller } from "../auth/caller.ts";
import {
  createParticipantLoader,
  type LoaderParts,
  type ParticipantLoader,
} from "../loaders/participant-loader.ts";
import type { Deadline } from "../operation/operation.ts";

export type Context = {
  readonly requestId: string;
  /** Whether the request carries the secret of a router. */
  readonly fromRouter: boolean;
  readonly caller: Caller;
  readonly participants: ParticipantLoader;
  /** Why the operation must not be executed, found before it was parsed or validated. */
  readonly refusal: GraphQLError | null;
  /** How many results of which union member were given, for the log line. */
  readonly results: Record<string, number>;
};

export type RequestFacts = {
  caller: Caller;
  fromRouter: boolean;
  requestId: string;
  deadline: Deadline;
  refusal?: GraphQLError | null;
};

export function createContext(parts: LoaderParts, request: RequestFacts): Context {
  const { caller, fromRouter, requestId, deadline, refusal = null } = request;
  const participants = createParticipantLoader(parts, deadline);
  return { requestId, fromRouter, caller, participants, refusal, results: {} };
}
