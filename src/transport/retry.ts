// Whether a call is tried again, and after how long. Pure: the clock, the dice and the retry share are the caller's.
import {
  isCertainlyUnprocessed,
  isServerError,
  isUpstreamTrouble,
  type CallResult,
  type UpstreamRequest,
} from "./call.ts";

const MAX_ATTEMPTS = { read: 3, write: 2 };
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2000;

/** What the decision depends on, beside the call and its result. */
export type RetryFacts = {
  /** How many attempts were made, from 1. */
  attempts: number;
  /** Milliseconds that are left of the operation. */
  remainingMs: number;
  /** From 0 to 1. */
  random: number;
};

/**
 * How long to wait before the next attempt, in milliseconds, or null when there must be none.
 *
 * A read changes nothing and may be repeated after anything that may pass. An update is repeated only when Bird
 * certainly did not process it, or said 5xx: the same status twice is the same, but a lost response is looked up instead.
 */
export function retryDelayMs(
  effect: UpstreamRequest["effect"],
  result: CallResult,
  { attempts, remainingMs, random }: RetryFacts,
): number | null {
  if (attempts >= MAX_ATTEMPTS[effect] || result.kind === "notSent") return null;
  if (!mayBeDifferentNextTime(effect, result)) return null;
  // What Bird asks for goes before the backoff, which has full jitter so that callers do not come back together.
  const asked = result.kind === "response" ? result.retryAfterMs : null;
  const delay = asked ?? random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
  return delay < remainingMs ? delay : null;
}

function mayBeDifferentNextTime(effect: UpstreamRequest["effect"], result: CallResult): boolean {
  if (result.kind === "noResponse" && (result.reason === "left" || result.reason === "expired")) return false;
  if (effect === "read") return isUpstreamTrouble(result) || isCertainlyUnprocessed(result);
  return isServerError(result) || isCertainlyUnprocessed(result);
}
