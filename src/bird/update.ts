// An update of a participant: sent, looked up where Bird's response leaves open whether it was applied, repeated once at
// most. The rows of docs/errors.md, as code.
import { isServerError, saysNotNow, type CallResult } from "../transport/call.ts";
import type { Result } from "../result.ts";
import type { BirdFailure, ReadFailure, UpdateFailure } from "./failures.ts";
import type { Participant, SettableStatus } from "./participant.ts";

/** What an update needs of the API, bound to its participant and its operation. */
export type UpdateSteps = {
  send: () => Promise<CallResult>;
  /** Sends the same update again, out of the workspace's retry share. */
  repeat: () => Promise<CallResult>;
  /** Reads the participant from Bird itself: what was read before or is being read now may be from before the update. */
  look: () => Promise<Result<Participant, ReadFailure>>;
  /** Waits as long as Bird asks for before a repetition; false where the operation has no time for that. */
  pause: (retryAfterMs: number | null) => Promise<boolean>;
  decode: (result: CallResult) => Result<Participant, BirdFailure>;
};

/**
 * Bird calls every 5xx safe to retry ("Common API usage", docs.bird.com). The gateway looks first all the same: see
 * docs/decisions/0015-an-update-is-looked-up-before-it-is-repeated.md.
 *
 * @param status null is never looked up: Bird does not document what it does, so no status would prove it
 */
export async function updateWith(
  steps: UpdateSteps,
  status: SettableStatus | null,
): Promise<Result<Participant, UpdateFailure>> {
  const first = await steps.send();
  const update = steps.decode(first);
  if (update.ok || status === null || !isUndecided(first)) return update;
  const mayRepeat = isRepeatable(first) && (await steps.pause(retryAfterMs(first)));
  const seen = await steps.look();
  if (shows(seen, status)) return seen;
  if (!mayRepeat || !seen.ok) return update;
  const second = await steps.repeat();
  const repeated = steps.decode(second);
  if (repeated.ok) return repeated;
  // The first update may have been applied although the second was not: the failure stays the first one's, UNKNOWN.
  if (!isUndecided(second) && !isConflict(second)) return update;
  const seenAgain = await steps.look();
  return shows(seenAgain, status) ? seenAgain : update;
}

/** The response does not say whether the update was applied: something on the way may have given up after Bird took it. */
function isUndecided(result: CallResult): boolean {
  if (result.kind === "notSent") return false;
  if (result.kind === "noResponse") return result.sent;
  const { status, body } = result;
  // The status alone decides these, also where the body is lost.
  if (status === 401 || status === 403 || status === 429) return false;
  return (
    isServerError(result) || saysNotNow(status) || (status >= 200 && status < 300) || body.kind === "lost"
  );
}

/** Bird itself failed. A 502 or 504 comes from something before it, and the update may still be under way behind that. */
function isRepeatable(result: CallResult): boolean {
  return result.kind === "response" && (result.status === 500 || result.status === 503);
}

function isConflict(result: CallResult): boolean {
  return result.kind === "response" && result.status === 409;
}

function retryAfterMs(result: CallResult): number | null {
  return result.kind === "response" ? result.retryAfterMs : null;
}

function shows(seen: Result<Participant, ReadFailure>, status: SettableStatus): boolean {
  return seen.ok && seen.value.status === status;
}
