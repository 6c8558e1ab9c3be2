// Decides whether a call is retried, and after what delay. It is pure: time and the random number are parameters.
import {
  isCertainlyUnprocessed,
  isInterrupted,
  isServerError,
  saysDenied,
  saysNever,
  saysNotNow,
  type CallResult,
  type UpstreamRequest,
} from "./call.ts";

/** The attempts of one call, the first included. */
const MAX_ATTEMPTS = { read: 3, write: 2 };
/** The longest wait before the second attempt, in milliseconds. It doubles with each further attempt. */
const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 2000;

/** The facts that the decision depends on, besides the call and its result. */
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
 * A read changes nothing, so it is retried after every temporary failure. An update is repeated only where Bird
 * certainly did not process it: after anything else the participant is looked up first (`bird/update.ts`).
 */
export function retryDelayMs(
  { effect, retriesTimeouts = true }: Pick<UpstreamRequest, "effect" | "retriesTimeouts">,
  result: CallResult,
  { attempts, remainingMs, random }: RetryFacts,
): number | null {
  if (attempts >= MAX_ATTEMPTS[effect] || result.kind === "notSent") return null;
  if (!mayBeDifferentNextTime(effect, result) || (!retriesTimeouts && isTimeout(result))) return null;
  // Bird's `Retry-After` takes precedence over the backoff.
  const asked = result.kind === "response" ? result.retryAfterMs : null;
  const delay = asked ?? backoffMs(attempts, random);
  return delay < remainingMs ? delay : null;
}

/** Milliseconds to wait after `attempts` attempts: exponential, with full jitter, so that callers do not retry together. */
export function backoffMs(attempts: number, random: number): number {
  return random * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempts - 1));
}

function mayBeDifferentNextTime(effect: UpstreamRequest["effect"], result: CallResult): boolean {
  if (result.kind === "noResponse" && (result.reason === "left" || result.reason === "expired")) return false;
  if (isCertainlyUnprocessed(result)) return true;
  if (result.kind === "response" && saysDenied(result.status)) return false;
  return effect === "read" && (isInterrupted(result) || isTemporaryStatus(result));
}

function isTimeout(result: CallResult): boolean {
  if (result.kind === "noResponse") return result.reason === "timeout";
  return result.kind === "response" && result.body.kind === "lost" && result.body.reason === "timeout";
}

function isTemporaryStatus(result: CallResult): boolean {
  if (result.kind !== "response") return false;
  return isServerError(result) ? !saysNever(result.status) : saysNotNow(result.status);
}
