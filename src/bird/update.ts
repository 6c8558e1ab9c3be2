// Updates a participant. Where Bird's response does not tell whether the update was applied, the participant is looked up,
// and the update is repeated once at most. It implements the rows for updates of docs/errors.md.
import { isServerError, saysDenied, saysNotNow, type CallResult } from "../transport/call.ts";
import type { Result } from "../result.ts";
import type { BirdFailure, ReadFailure, UpdateFailure } from "./failures.ts";
import type { Participant, SettableStatus } from "./participant.ts";

/** The calls of an update, bound to its participant and its operation. */
export type UpdateSteps = {
  send: () => Promise<CallResult>;
  /** Sends the same update again, and takes a retry from the workspace's retry share. */
  repeat: () => Promise<CallResult>;
  /** Reads the participant from Bird itself: cached reads and reads in flight may show the state from before the update. */
  look: () => Promise<Result<Participant, ReadFailure>>;
  /** Waits before the repetition for as long as Bird asks for; false where the operation has too little time. */
  waitToRepeat: (retryAfterMs: number | null) => Promise<boolean>;
  /** Decodes how the update, or its repetition, ended. */
  decode: (result: CallResult) => Result<Participant, BirdFailure>;
};

/**
 * Updates a participant. Bird calls every 5xx safe to retry ("Common API usage", docs.bird.com). The gateway still looks
 * first: see docs/decisions/0015-an-update-is-looked-up-before-it-is-repeated.md.
 *
 * @param status an update to null is never looked up: Bird does not document its effect, so no status would prove it
 */
export async function updateWith(
  steps: UpdateSteps,
  status: SettableStatus | null,
): Promise<Result<Participant, UpdateFailure>> {
  const first = await steps.send();
  const update = steps.decode(first);
  if (update.ok || status === null || !isUndecided(first)) return update;
  const mayRepeat = isRepeatable(first) && (await steps.waitToRepeat(retryAfterMs(first)));
  const seen = await steps.look();
  if (shows(seen, status)) return seen;
  if (!mayRepeat || !seen.ok) return update;
  const second = await steps.repeat();
  const repeated = steps.decode(second);
  if (repeated.ok) return repeated;
  // The first update may have been applied although the second was not, so report the first one's failure, UNKNOWN.
  if (!isUndecided(second) && !isConflict(second)) return update;
  const seenAgain = await steps.look();
  return shows(seenAgain, status) ? seenAgain : update;
}

/** Whether the result leaves open if the update was applied: a proxy may have failed after Bird processed the update. */
function isUndecided(result: CallResult): boolean {
  if (result.kind === "notSent") return false;
  if (result.kind === "noResponse") return result.sent;
  const { status, body } = result;
  if (saysDenied(status) || status === 429) return false;
  return (
    isServerError(result) || saysNotNow(status) || (status >= 200 && status < 300) || body.kind === "lost"
  );
}

/** Whether Bird itself failed. A 502 or 504 comes from a proxy, and Bird may still be processing the update. */
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
