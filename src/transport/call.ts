// What can come of one call to the upstream, as far as HTTP can tell. The transport returns it; it does not throw.
import type { StopReason } from "../operation/stop-signal.ts";

export type Outcome = Answer | NoAnswer | Refused;

/** An HTTP answer whose status arrived. Its body may still be unusable. */
export type Answer = {
  kind: "answer";
  status: number;
  body: Body;
  /** From `Retry-After`, where it makes sense. */
  retryAfterMs: number | null;
};

/** No status arrived. There is no HTTP status to speak of, and none is invented. */
export type NoAnswer = {
  kind: "noAnswer";
  reason: LossReason;
  /** False only where it is certain that not a byte of the call was sent. */
  sent: boolean;
};

/** The gateway did not make the call. */
export type Refused = {
  kind: "refused";
  /** The breaker is open, or the workspace's quota is used up. */
  reason: "circuitOpen" | "budgetExhausted";
  /** When asking again may help; null where that is unknown. */
  retryAfterMs: number | null;
};

/** `cancelled`: nobody waits for the answer any more. */
export type LossReason = StopReason | "unavailable";

export type Body =
  | { kind: "json"; value: unknown }
  | { kind: "empty" }
  /** It arrived, and is not JSON, too large, or not decodable. */
  | { kind: "unreadable" }
  /** It did not arrive whole. */
  | { kind: "lost"; reason: LossReason };

/** One call to the upstream. */
export type UpstreamRequest = {
  method: "GET" | "PATCH";
  /** Encoded, from the root of the API, such as `/workspaces/…`. It holds personal data: never log it. */
  path: string;
  /** The path with names in place of values, for logs and metrics. */
  route: string;
  workspaceId: string;
  /** Tells the caller's credential from others without being it. */
  credentialId: string;
  /** The value of the `Authorization` header. Never log it. */
  authorization: string;
  /** Sent as JSON. */
  body?: object;
};

/** 5xx, timeouts and connection failures: what says that the upstream is in trouble. */
export function isUpstreamTrouble(outcome: Outcome): boolean {
  if (outcome.kind === "refused") return false;
  if (outcome.kind === "noAnswer") return outcome.reason === "timeout" || outcome.reason === "unavailable";
  return isServerError(outcome) || (outcome.body.kind === "lost" && outcome.body.reason !== "cancelled");
}

export function isServerError(outcome: Outcome): boolean {
  return outcome.kind === "answer" && outcome.status >= 500 && outcome.status <= 599;
}

/** True where the upstream certainly did not process the call. Bird: 429 means not processed ("Rate Limit", docs.bird.com). */
export function isCertainlyUnprocessed(outcome: Outcome): boolean {
  if (outcome.kind === "refused") return true;
  return outcome.kind === "noAnswer" ? !outcome.sent : outcome.status === 429;
}
