// Whether a call is tried again, and after how long. Pure: the clock, the dice and the budget are the caller's.
import {
  isCertainlyUnprocessed,
  isServerError,
  isUpstreamTrouble,
  type Outcome,
  type UpstreamRequest,
} from "./call.ts";

const MAX_ATTEMPTS = { GET: 3, PATCH: 2 };
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2000;

/**
 * How long to wait before the next attempt, in milliseconds, or null when there must be none.
 *
 * A read changes nothing and may be repeated after anything that may pass. An update is repeated only when Bird
 * certainly did not process it, or said 5xx: the same status twice is the same, but a lost answer is looked up instead.
 *
 * @param attempt how many attempts were made, from 1
 * @param remainingMs what the operation's deadline leaves
 * @param random from 0 to 1
 */
export function retryDelayMs(
  method: UpstreamRequest["method"],
  outcome: Outcome,
  attempt: number,
  remainingMs: number,
  random: number,
): number | null {
  if (attempt >= MAX_ATTEMPTS[method] || !mayPass(method, outcome)) return null;
  if (outcome.kind === "refused" || (outcome.kind === "noAnswer" && outcome.reason === "cancelled"))
    return null;
  // What Bird asks for goes before our own backoff, which has full jitter so that callers do not come back together.
  const asked = outcome.kind === "answer" ? outcome.retryAfterMs : null;
  const delay = asked ?? random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1));
  return delay < remainingMs ? delay : null;
}

function mayPass(method: UpstreamRequest["method"], outcome: Outcome): boolean {
  if (method === "GET") return isUpstreamTrouble(outcome) || isCertainlyUnprocessed(outcome);
  return isServerError(outcome) || isCertainlyUnprocessed(outcome);
}
