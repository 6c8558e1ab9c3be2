// The context of an operation: everything that its resolvers use.
import type { Caller } from "../auth/caller.ts";
import type { ParticipantLoader } from "../loaders/participant-loader.ts";

export type Context = {
  readonly requestId: string;
  readonly caller: Caller;
  readonly participants: ParticipantLoader;
  /** The number of results by union member, for the log line. */
  readonly results: Record<string, number>;
};
