// What a resolver may use. Each operation has a context of its own.
import type { Caller } from "../auth/caller.ts";
import type { ParticipantLoader } from "../loaders/participant-loader.ts";

export type Context = {
  readonly requestId: string;
  readonly caller: Caller;
  readonly participants: ParticipantLoader;
  /** How many results of which union member were given, for the log line. */
  readonly results: Record<string, number>;
};
