// What is wanted of the upstream, and the three ways it can end. The transport returns them; it does not throw.
import type { OperationEnd } from "../operation/operation.ts";

/** A call to the upstream. */
export type UpstreamRequest = {
  method: "GET" | "PATCH";
  /** What the call does at the upstream: a read may be repeated, and each kind has a quota of its own. */
  effect: "read" | "write";
  /** Encoded, from the root of the API, such as `/workspaces/…`. It holds personal data: never log it. */
  path: string;
  /** The path with names in place of values, for logs and metrics. */
  pathTemplate: string;
  workspaceId: string;
  /** Tells the caller's credential from others without being it. */
  credentialId: string;
  /** The value of the `Authorization` header. Never log it. */
  authorization: string;
  /** Sent as JSON. */
  body?: object;
  /** Only a connection that has carried nothing yet will do. */
  fresh?: boolean;
  /** False where the caller has another way, so that a time-out is not waited for twice. True unless given. */
  retriesTimeouts?: boolean;
};

export type CallResult = Response | NoResponse | NotSent;

/** An HTTP response whose status arrived. Its body may still be unusable. */
export type Response = {
  kind: "response";
  status: number;
  body: Body;
  /** From `Retry-After`, where it makes sense. */
  retryAfterMs: number | null;
  /** It came on a connection that had carried a response before. */
  onUsedConnection?: boolean;
};

/** The call was attempted and no status arrived. There is no HTTP status to speak of, and none is invented. */
export type NoResponse = {
  kind: "noResponse";
  reason: InterruptReason;
  /** False only where it is certain that not a byte of the call was sent. */
  sent: boolean;
  /** What broke, where the reason is `unavailable` or `timeout`; null where the operation ended. */
  cause: NoResponseCause | null;
  /** A connection that was used before failed before one byte of the response came: it had died while it was idle. */
  staleConnection: boolean;
};

/**
 * Why a response, or the rest of one, did not come: the attempt's own time was over, the connection failed, or the
 * operation ended meanwhile.
 */
export type InterruptReason = "timeout" | "unavailable" | OperationEnd;

/** What broke. A closed list, for logs and metrics: never a text of Bird's or Node's. */
export type NoResponseCause =
  | "dns"
  | "refused"
  | "unreachable"
  | "reset"
  | "closed"
  | "tls"
  | "timeout"
  | "protocol"
  /** The process has no descriptor, port or memory left: Bird has no part in it. */
  | "resources"
  | "other";

/** The gateway did not make the call. */
export type NotSent = {
  kind: "notSent";
  reason: NotSentReason;
  /** When asking again may help; null where that is unknown. */
  retryAfterMs: number | null;
};

export type NotSentReason =
  /** The workspace's calls have been failing. */
  | "circuitOpen"
  /** The workspace's quota is used up, or Bird told it to wait. */
  | "quotaExhausted"
  /** The operation has caused as many calls as one may. */
  | "callsExhausted"
  /** No connection to the upstream was free in time. */
  | "noConnection"
  /** The credential rests for a moment. */
  | "credentialResting"
  /** The workspace has had its share of retries. */
  | "retriesExhausted"
  | OperationEnd;

export type Body =
  | { kind: "json"; value: unknown }
  | { kind: "empty" }
  /** It arrived, and is not JSON, too large, or not decodable. */
  | { kind: "unreadable" }
  /** It did not arrive whole. */
  | { kind: "lost"; reason: InterruptReason };

export function notSent(reason: NotSentReason, retryAfterMs: number | null = null): NotSent {
  return { kind: "notSent", reason, retryAfterMs };
}

export function isServerError(result: CallResult): boolean {
  return result.kind === "response" && result.status >= 500 && result.status <= 599;
}

/** Statuses beside 5xx that say "not now": request timeout, misdirected request, too early. */
export function saysNotNow(status: number): boolean {
  return status === 408 || status === 421 || status === 425;
}

/** Statuses of 5xx that say "never": not implemented, version not supported, network authentication required. */
export function saysNever(status: number): boolean {
  return status === 501 || status === 505 || status === 511;
}

/** True where the upstream certainly did not process the call. Bird: 429 means not processed ("Rate Limit", docs.bird.com). */
export function isCertainlyUnprocessed(result: CallResult): boolean {
  if (result.kind === "notSent") return true;
  return result.kind === "noResponse" ? !result.sent : result.status === 429;
}

/** True where the response did not come, or not whole, for a reason that is not the caller's. */
export function isInterrupted(result: CallResult): boolean {
  if (result.kind === "notSent") return false;
  const interrupted = result.kind === "noResponse" ? result.reason : lostReason(result.body);
  return interrupted === "timeout" || interrupted === "unavailable";
}

function lostReason(body: Body): InterruptReason | null {
  return body.kind === "lost" ? body.reason : null;
}
