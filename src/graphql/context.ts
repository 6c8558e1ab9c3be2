// What a resolver may use: made anew for every request, and gone with it.
import type { AccessKey } from "../bird/access-key.ts";
import type { AccessDeniedFailure } from "../bird/failures.ts";
import type { Result } from "../bird/result.ts";
import {
  createParticipantLoader,
  type LoaderParts,
  type ParticipantLoader,
} from "../loaders/participant-loader.ts";
import type { Deadline } from "../transport/deadline.ts";

/** Who calls: the access key to use at Bird, or why there is none. */
export type Caller = Result<AccessKey, AccessDeniedFailure>;

export type Context = {
  readonly requestId: string;
  /** Whether the request carries the secret of a router. */
  readonly fromRouter: boolean;
  /** The caller's participants, or why the caller gets none. */
  readonly participants: Result<ParticipantLoader, AccessDeniedFailure>;
  /** How many results of which union member were given, for the log line. */
  readonly results: Record<string, number>;
};

export function createContext(
  parts: LoaderParts,
  request: { caller: Caller; fromRouter: boolean; requestId: string; deadline: Deadline },
): Context {
  const { caller, fromRouter, requestId, deadline } = request;
  const participants = caller.ok
    ? { ok: true as const, value: createParticipantLoader(parts, caller.value, deadline) }
    : caller;
  return { requestId, fromRouter, participants, results: {} };
}
