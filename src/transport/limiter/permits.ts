// The permits of one quota: their number, which of them are in use, and when the next one becomes free.
import { Link, LinkedList } from "../linked-list.ts";

/**
 * Milliseconds from the writing of a call until its permit is free again: a second, and 40 ms by which a call may take
 * longer on its way to Bird than a later one. docs/batching.md says what follows from it.
 */
export const PERMIT_MS = 1040;

/** The right to make one call. It is held until the call is written, counts for `PERMIT_MS` after that, then is free. */
export class HeldPermit {
  readonly kind = "held";
  readonly isStrangers: boolean;
  readonly takenAt: number;
  /** Whether its call probes whether a pause is over. */
  isProbe = false;
  readonly link = new Link<HeldPermit>(this);
  state: "held" | "counting" | "free" = "held";
  freeAt = Infinity;

  constructor(isStrangers: boolean, takenAt: number) {
    this.isStrangers = isStrangers;
    this.takenAt = takenAt;
  }
}

/**
 * Exactly n permits. Two calls of one permit reach Bird at least a second apart, so Bird never sees more than n calls in
 * any second. A counter that is reset every second would allow 2n calls around the reset.
 */
export class Permits {
  /** The number of permits. */
  readonly total: number;
  /** The permits whose calls were written less than `PERMIT_MS` ago, oldest first. */
  readonly #counting = new LinkedList<HeldPermit>();
  #held = 0;
  /** The strangers' permits whose calls have no connection yet, oldest first. */
  readonly #unconfirmed = new LinkedList<HeldPermit>();
  #strangers = 0;

  /** @param total calls a second */
  constructor(total: number) {
    this.total = total;
  }

  /** The number of permits in use by strangers. */
  strangers(now: number): number {
    this.#freeUntil(now);
    return this.#strangers;
  }

  /** Whether all permits are free. */
  isIdle(now: number): boolean {
    this.#freeUntil(now);
    return this.#held === 0 && this.#counting.size === 0;
  }

  /** Takes a permit; null when none is free. */
  take(isStrangers: boolean, now: number): HeldPermit | null {
    this.#freeUntil(now);
    if (this.#held + this.#counting.size >= this.total) return null;
    this.#held += 1;
    const permit = new HeldPermit(isStrangers, now);
    if (isStrangers) {
      this.#strangers += 1;
      this.#unconfirmed.append(permit.link);
    }
    return permit;
  }

  /** The call has its connection: nobody else can get its permit any more. @returns whether it still has the permit */
  confirm(permit: HeldPermit): boolean {
    if (permit.state !== "held") return false;
    this.#unconfirmed.remove(permit.link);
    return true;
  }

  /**
   * Frees the oldest permit of a stranger whose call has no connection yet.
   *
   * @param takenUntil only a permit that was taken at that time or before
   */
  reclaim(takenUntil: number): HeldPermit | null {
    const permit = this.#unconfirmed.first;
    if (permit === undefined || permit.takenAt > takenUntil) return null;
    this.refund(permit);
    return permit;
  }

  /** The call has been written: from now on its permit counts. */
  release(permit: HeldPermit, now: number): void {
    if (permit.state !== "held") return;
    this.#letGo(permit);
    permit.state = "counting";
    permit.freeAt = now + PERMIT_MS;
    this.#counting.append(permit.link);
  }

  /** The call was not written, or Bird does not count it: its permit is free at once. */
  refund(permit: HeldPermit): void {
    if (permit.state === "free") return;
    if (permit.state === "held") this.#letGo(permit);
    this.#counting.remove(permit.link);
    this.#setFree(permit);
  }

  /**
   * Estimates the milliseconds until a permit is free for the call at this position of a queue, if calls are written at
   * once. The permits are assumed to become free at even intervals between the first and the last.
   *
   * @param position from 1
   */
  waitMs(position: number, now: number): number {
    this.#freeUntil(now);
    const free = this.total - this.#held - this.#counting.size;
    const rounds = Math.floor((position - 1) / this.total);
    const index = ((position - 1) % this.total) - free;
    if (index < 0) return rounds * PERMIT_MS;
    return Math.max(0, this.#freeAt(index, now) - now) + rounds * PERMIT_MS;
  }

  #freeAt(index: number, now: number): number {
    const { first, last, size } = this.#counting;
    if (first === undefined || last === undefined || index >= size) return now + PERMIT_MS;
    return size === 1 ? first.freeAt : first.freeAt + ((last.freeAt - first.freeAt) * index) / (size - 1);
  }

  #freeUntil(now: number): void {
    let permit = this.#counting.first;
    while (permit !== undefined && permit.freeAt <= now) {
      this.#counting.remove(permit.link);
      this.#setFree(permit);
      permit = this.#counting.first;
    }
  }

  #letGo(permit: HeldPermit): void {
    this.#held -= 1;
    this.#unconfirmed.remove(permit.link);
  }

  #setFree(permit: HeldPermit): void {
    permit.state = "free";
    if (permit.isStrangers) this.#strangers -= 1;
  }
}
