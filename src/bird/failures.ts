// The table of failures: every way in which a call to Bird can fail.
import type { Json } from "../json.ts";

/** The fields of every failure. `message` and `details` may come from Bird, so only the caller gets them: never log them. */
type Told = { code: string; message: string; details: Json };

/** What is wrong with one field: an argument's name or a path of Bird's, and messages for the developer. */
export type FieldProblem = { path: string; messages: string[] };

/** Bird knows no such workspace, conversation or participant. */
export type NotFoundFailure = Told & { kind: "notFound" };
/** The participant's state forbids the update. */
export type ConflictFailure = Told & { kind: "conflict" };
/** The input is invalid: Bird rejected it, or the gateway did not send it. */
export type ValidationFailure = Told & { kind: "validation"; fieldErrors: FieldProblem[] };
/** The credential is missing or not accepted (`UNAUTHENTICATED`), or lacks the permission (`FORBIDDEN`). */
export type AccessDeniedFailure = Told & { kind: "accessDenied"; reason: "UNAUTHENTICATED" | "FORBIDDEN" };
/** Too many calls: nothing was processed. `retryAfterMs` is null where the time to wait is unknown. */
export type RateLimitedFailure = Told & { kind: "rateLimited"; retryAfterMs: number | null };
/** Bird was not reached, did not answer in time, failed, or sent something that is not Bird's. */
export type UpstreamFailure = Told & {
  kind: "upstream";
  reason: "TIMEOUT" | "UNAVAILABLE" | "BAD_RESPONSE";
  /** Whether the update was applied; null on reads. */
  outcome: "NOT_APPLIED" | "UNKNOWN" | null;
  /** The HTTP status of the response of Bird or of a proxy in front of it. */
  status?: number;
  /** Whether the status says that the same call will always fail. */
  isLasting?: boolean;
};

/** The caller has left. It is a kind of its own, so that nothing more is begun for this caller. */
export type LeftFailure = Told & { kind: "left" };

/** The closed list. `graphql/results.ts` maps each kind to a union member. */
export type BirdFailure =
  | NotFoundFailure
  | ConflictFailure
  | ValidationFailure
  | AccessDeniedFailure
  | RateLimitedFailure
  | UpstreamFailure
  | LeftFailure;

/** A read changes nothing, so it cannot be in conflict: a 409 to a read is a bad response. */
export type ReadFailure = Exclude<BirdFailure, ConflictFailure>;
/** An update can fail in every way. */
export type UpdateFailure = BirdFailure;

/**
 * The input is invalid and is not sent.
 *
 * @param fieldErrors say what is allowed, and never repeat the value, which may be personal
 */
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

/** The caller is known and has no permission. Nothing was sent to Bird. */
export function forbidden(message: string): AccessDeniedFailure {
  return { kind: "accessDenied", code: "Forbidden", message, details: null, reason: "FORBIDDEN" };
}

/** The caller gave no usable access key. Nothing was sent to Bird. */
export function unauthenticated(message: string): AccessDeniedFailure {
  return { kind: "accessDenied", code: "Unauthenticated", message, details: null, reason: "UNAUTHENTICATED" };
}

/** The failure for an operation whose caller has left. No caller gets it. */
export function left(): LeftFailure {
  return { kind: "left", code: "Left", message: "The caller has left.", details: null };
}
