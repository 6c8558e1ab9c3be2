// A call to the upstream, and the three ways in which it can end. The transport returns them and does not throw.
import type { OperationEnd } from "../operation/operation.ts";

/** A call to the upstream. */
export type UpstreamRequest = {
  method: "GET" | "PATCH";
  /** Whether the call changes anything at the upstream: a read may be repeated. Reads and writes have separate quotas. */
  effect: "read" | "write";
  /** Encoded, from the root of the API, such as `/workspaces/…`. It holds personal data: never log it. */
  path: string;
  /** The path with parameter names instead of values, for logs and metrics. */
  pathTemplate: string;
  workspaceId: string;
  /** Identifies the caller's credential without containing it. */
  credentialId: string;
  /** The value of the `Authorization` header. Never log it. */
  authorization: string;
  /** Sent as JSON. */
  body?: object;
  /** Whether the call needs a connection that has carried nothing yet. */
  fresh?: boolean;
  /** Whether a timeout is retried; false where the caller has a fallback that needs the time. True by default. */
  retriesTimeouts?: boolean;
};

/** How a call ended. */
export type CallResult = Response | NoResponse | NotSent;

/** An HTTP response whose status arrived. Its body may still be unusable. */
export type Response = {
  kind: "response";
  status: number;
  body: Body;
  /** From `Retry-After`; null where it is missing or not plausible. */
  retryAfterMs: number | null;
  /** Whether it came on a connection that had carried a response before. False where it is missing. */
  onUsedConnection?: boolean;
};

/** The call was attempted and no HTTP status arrived. */
export type NoResponse = {
  kind: "noResponse";
  reason: InterruptReason;
  /** False only where it is certain that not a byte of the call was sent. */
  sent: boolean;
  /** What broke, where the reason is `unavailable` or `timeout`; null where the operation ended. */
  cause: NoResponseCause | null;
  /** The connection had carried a response before and failed before the first byte of this one: it had died while idle. */
  staleConnection: boolean;
};

/**
 * Why a response, or the rest of it, did not arrive: the attempt timed out, the connection failed, or the operation was
 * over.
 */
export type InterruptReason = "timeout" | "unavailable" | OperationEnd;

/** What broke. A closed list for logs and metrics, which never contain a text of Bird's or Node's. */
export type NoResponseCause =
  | "dns"
  | "refused"
  | "unreachable"
  | "reset"
  | "closed"
  | "tls"
  | "timeout"
  | "protocol"
  /** The process has no descriptor, port or memory left. This says nothing about Bird. */
  | "resources"
  | "other";

/** The gateway did not make the call. */
export type NotSent = {
  kind: "notSent";
  reason: NotSentReason;
  /** Milliseconds after which a new call may succeed; null where that is unknown. */
  retryAfterMs: number | null;
};

/** Why a call was not made. */
export type NotSentReason =
  /** The workspace's calls have been failing. */
  | "circuitOpen"
  /** The workspace's quota is used up, or Bird told it to wait. */
  | "quotaExhausted"
  /** The operation has no calls left. */
  | "callsExhausted"
  /** No connection to the upstream was free in time. */
  | "noConnection"
  /** Calls with this credential are paused in the workspace: Bird answered 401 ten times in a row, or a stranger 429. */
  | "credentialResting"
  /** The workspace's retry share is used up. */
  | "retriesExhausted"
  | OperationEnd;

/** The decoded body of a response. */
export type Body =
  | { kind: "json"; value: unknown }
  | { kind: "empty" }
  /** The body arrived and is not JSON, too large, or not decodable. */
  | { kind: "unreadable" }
  /** The body did not arrive completely. `cause` says what broke, where the reason is `unavailable` or `timeout`. */
  | { kind: "lost"; reason: InterruptReason; cause?: NoResponseCause | null };

/** @param retryAfterMs milliseconds after which a new call may succeed; null where that is unknown */
export function notSent(reason: NotSentReason, retryAfterMs: number | null = null): NotSent {
  return { kind: "notSent", reason, retryAfterMs };
}

/** True for a 5xx. */
export function isServerError(result: CallResult): boolean {
  return result.kind === "response" && result.status >= 500 && result.status <= 599;
}

/** Temporary failures other than 5xx: 408 Request Timeout, 421 Misdirected Request, 425 Too Early. */
export function saysNotNow(status: number): boolean {
  return status === 408 || status === 421 || status === 425;
}

/** Lasting failures among 5xx: 501 Not Implemented, 505 HTTP Version Not Supported, 511 Network Authentication Required. */
export function saysNever(status: number): boolean {
  return status === 501 || status === 505 || status === 511;
}

/** Statuses that decide a failure by themselves: what they mean does not depend on a body, which may be lost. */
export function saysDenied(status: number): boolean {
  return status === 401 || status === 403;
}

/** True where the upstream certainly did not process the call. Bird: 429 means not processed ("Rate Limit", docs.bird.com). */
export function isCertainlyUnprocessed(result: CallResult): boolean {
  if (result.kind === "notSent") return true;
  return result.kind === "noResponse" ? !result.sent : result.status === 429;
}

/** True where the response did not arrive completely, and the caller is not the reason. */
export function isInterrupted(result: CallResult): boolean {
  if (result.kind === "notSent") return false;
  const interrupted = result.kind === "noResponse" ? result.reason : lostReason(result.body);
  return interrupted === "timeout" || interrupted === "unavailable";
}

function lostReason(body: Body): InterruptReason | null {
  return body.kind === "lost" ? body.reason : null;
}
