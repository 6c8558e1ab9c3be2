// The one table of failures: every way a call to Bird can end, other than well.
import type { Json } from "../json.ts";

/** What every failure tells the caller. `message` and `details` may be Bird's own: they go to the caller and nowhere else. */
type Told = { code: string; message: string; details: Json };

export type FieldProblem = { path: string; messages: string[] };

export type NotFoundFailure = Told & { kind: "notFound" };
export type ConflictFailure = Told & { kind: "conflict" };
export type ValidationFailure = Told & { kind: "validation"; fieldErrors: FieldProblem[] };
export type AccessDeniedFailure = Told & { kind: "accessDenied"; reason: "UNAUTHENTICATED" | "FORBIDDEN" };
export type RateLimitedFailure = Told & { kind: "rateLimited"; retryAfterMs: number | null };
export type UpstreamFailure = Told & {
  kind: "upstream";
  reason: "TIMEOUT" | "UNAVAILABLE" | "BAD_RESPONSE";
  /** Whether the update took place; null on reads. */
  outcome: "NOT_APPLIED" | "UNKNOWN" | null;
  /** The HTTP status that Bird, or something in front of it, answered with. */
  status?: number;
  /** Whether the status says that the same call will never do better. */
  isLasting?: boolean;
};

/** The caller has left. It is an ending of its own, so that nothing is begun on behalf of a caller who is not there. */
export type LeftFailure = Told & { kind: "left" };

export type BirdFailure =
  | NotFoundFailure
  | ConflictFailure
  | ValidationFailure
  | AccessDeniedFailure
  | RateLimitedFailure
  | UpstreamFailure
  | LeftFailure;

/** A read changes nothing, so it cannot be in conflict: a 409 on one is a bad response. */
export type ReadFailure = Exclude<BirdFailure, ConflictFailure>;
export type UpdateFailure = BirdFailure;

/** Input that is invalid, so it is not sent. `problem` says what is allowed and never repeats the value: it may be personal. */
export function invalidInput(...fieldErrors: FieldProblem[]): ValidationFailure {
  const fields = fieldErrors.map((field) => field.path).join(", ");
  return {
    kind: "validation",
    code: "InvalidInput",
    message: `Nothing was sent to Bird, because of: ${fields}. See fieldErrors.`,
    details: null,
    fieldErrors,
  };
}

/** The caller is known, and may not do this; nothing was sent to Bird. */
export function forbidden(message: string): AccessDeniedFailure {
  return { kind: "accessDenied", code: "Forbidden", message, details: null, reason: "FORBIDDEN" };
}

/** No access key that could be sent. */
export function unauthenticated(message: string): AccessDeniedFailure {
  return { kind: "accessDenied", code: "Unauthenticated", message, details: null, reason: "UNAUTHENTICATED" };
}

/** The operation's caller has left: no one reads this. */
export function left(): LeftFailure {
  return { kind: "left", code: "Left", message: "The caller has left.", details: null };
}
