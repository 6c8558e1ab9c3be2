// A pause after a 429: no calls are sent, then one call probes whether Bird accepts calls again, then the rate grows back.

/** The longest time, in milliseconds, until a call probes the pause, even where Bird asked for a longer one. */
export const MAX_UNPROBED_MS = 60_000;
/** Milliseconds from the end of a pause until calls may be sent at the full rate. */
const RETURN_MS = 2000;

export class Pause {
  readonly #perSecond: number;
  /** When the last 429 arrived, in the time of `performance.now()`. */
  beganAt = -Infinity;
  #endsAt = -Infinity;
  #nextProbeAt = -Infinity;
  /** How many calls have been sent since the pause ended. */
  #returned = 0;

  /** @param perSecond the full rate, in calls a second */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Bird has answered 429.
   *
   * @param isProbe whether the 429 is the response to the probe: then its wait replaces the earlier one
   */
  begin(ms: number, now: number, isProbe: boolean): void {
    this.beganAt = now;
    this.#endsAt = isProbe ? now + ms : Math.max(this.#endsAt, now + ms);
    this.#nextProbeAt = Math.min(this.#endsAt, now + MAX_UNPROBED_MS);
    this.#returned = 0;
  }

  /** Milliseconds until the next call may be sent. */
  waitMs(now: number): number {
    if (now < this.#endsAt) return Math.max(0, this.#nextProbeAt - now);
    return this.isOver(now) ? 0 : Math.max(0, this.#nextReturnAt() - now);
  }

  /** A call is sent. @returns whether it is the probe */
  take(now: number): boolean {
    const isProbe = now < this.#endsAt;
    if (isProbe) this.#nextProbeAt = Math.min(this.#endsAt, now + MAX_UNPROBED_MS);
    else this.#returned += 1;
    return isProbe;
  }

  /** The probe showed nothing, since it was not sent or Bird denied its key: the next call is the probe. */
  probeAgain(now: number): void {
    this.#nextProbeAt = Math.min(this.#nextProbeAt, now);
  }

  /** The probe got a response other than 429. */
  end(now: number): void {
    this.#endsAt = Math.min(this.#endsAt, now);
  }

  /** Whether calls may be sent at the full rate. */
  isOver(now: number): boolean {
    return now >= this.#endsAt + RETURN_MS;
  }

  /** The rate grows linearly from 0, so the number of calls sent since the end of the pause grows with the square of time. */
  #nextReturnAt(): number {
    const atFullRate = (this.#perSecond * RETURN_MS) / 1000;
    return this.#endsAt + RETURN_MS * Math.sqrt((2 * this.#returned) / atFullRate);
  }
}
