// What a 429 causes: calls rest, one of them tries whether Bird takes calls again, and the others return gradually.

/** A pause is tried again after this time at the latest, however long Bird asked for. */
export const MAX_UNTRIED_MS = 60_000;
/** How long it takes after a pause until calls may come at the full rate. */
const RETURN_MS = 2000;

export class Pause {
  readonly #perSecond: number;
  /** When the last 429 came. */
  beganAt = -Infinity;
  #endsAt = -Infinity;
  #nextTryAt = -Infinity;
  /** How many calls have returned since the pause ended. */
  #returned = 0;

  /** @param perSecond the full rate, in calls a second */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Bird has answered 429.
   *
   * @param isTry whether it answered the call that tried: then what it asks for replaces what it asked for before
   */
  begin(ms: number, now: number, isTry: boolean): void {
    this.beganAt = now;
    this.#endsAt = isTry ? now + ms : Math.max(this.#endsAt, now + ms);
    this.#nextTryAt = Math.min(this.#endsAt, now + MAX_UNTRIED_MS);
    this.#returned = 0;
  }

  /** Milliseconds until the next call may go. */
  waitMs(now: number): number {
    if (now < this.#endsAt) return Math.max(0, this.#nextTryAt - now);
    return this.isOver(now) ? 0 : Math.max(0, this.#nextReturnAt() - now);
  }

  /** A call goes. @returns whether it is the one that tries while the others rest */
  take(now: number): boolean {
    const isTry = now < this.#endsAt;
    if (isTry) this.#nextTryAt = Math.min(this.#endsAt, now + MAX_UNTRIED_MS);
    else this.#returned += 1;
    return isTry;
  }

  /** The call that tried showed nothing: it was not sent, or Bird did not look further than at its key. */
  tryAgain(now: number): void {
    this.#nextTryAt = Math.min(this.#nextTryAt, now);
  }

  /** The call that tried was answered, and not with a 429. */
  end(now: number): void {
    this.#endsAt = Math.min(this.#endsAt, now);
  }

  /** Whether calls may come at the full rate. */
  isOver(now: number): boolean {
    return now >= this.#endsAt + RETURN_MS;
  }

  /** The rate grows evenly from nothing, so the number of calls that may have returned grows with the square of the time. */
  #nextReturnAt(): number {
    const atFullRate = (this.#perSecond * RETURN_MS) / 1000;
    return this.#endsAt + RETURN_MS * Math.sqrt((2 * this.#returned) / atFullRate);
  }
}
