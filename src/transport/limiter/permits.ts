// The permits of one quota: how many there are, which are in use, and when the next one is free again.
import { Link, LinkedList } from "./linked-list.ts";

/**
 * Milliseconds from the writing of a call until its permit is free again: a second, and 40 ms by which a call may take
 * longer on its way to Bird than a later one. docs/batching.md says what follows from it.
 */
export const PERMIT_MS = 1040;

/** The right to make one call. It is held until the call is written, then it counts for `PERMIT_MS`, then it is free. */
export class HeldPermit {
  readonly kind = "held";
  readonly isStrangers: boolean;
  /** Its call is the one that tries whether a pause is over. */
  isTry = false;
  readonly link = new Link<HeldPermit>(this);
  state: "held" | "counting" | "free" = "held";
  freeAt = Infinity;

  constructor(isStrangers: boolean) {
    this.isStrangers = isStrangers;
  }
}

/**
 * Exactly n permits. Bird sees two calls of one permit at least a second apart, whatever they take, so it sees never
 * more than n in any second. A counter that starts anew every second would let 2n pass around its turn.
 */
export class Permits {
  /** How many there are. */
  readonly total: number;
  /** Those whose calls were written less than `PERMIT_MS` ago, the oldest first. */
  readonly #counting = new LinkedList<HeldPermit>();
  #held = 0;
  #strangers = 0;
  #heldByStrangers = 0;

  /** @param total calls a second */
  constructor(total: number) {
    this.total = total;
  }

  /** How many of those in use are strangers'. */
  strangers(now: number): number {
    this.#freeUntil(now);
    return this.#strangers;
  }

  /** How many strangers hold for calls that are not written yet. */
  get heldByStrangers(): number {
    return this.#heldByStrangers;
  }

  /** Whether all are free. */
  isIdle(now: number): boolean {
    this.#freeUntil(now);
    return this.#held === 0 && this.#counting.size === 0;
  }

  /** Takes a permit, if one is free. */
  take(isStrangers: boolean, now: number): HeldPermit | null {
    this.#freeUntil(now);
    if (this.#held + this.#counting.size >= this.total) return null;
    this.#held += 1;
    if (isStrangers) {
      this.#strangers += 1;
      this.#heldByStrangers += 1;
    }
    return new HeldPermit(isStrangers);
  }

  /** The call has been written: from now on its permit counts. */
  release(permit: HeldPermit, now: number): void {
    if (permit.state !== "held") return;
    this.#letGo(permit);
    permit.state = "counting";
    permit.freeAt = now + PERMIT_MS;
    this.#counting.append(permit.link);
  }

  /** The call was not written, or does not count at Bird: its permit is free at once. */
  refund(permit: HeldPermit): void {
    if (permit.state === "free") return;
    if (permit.state === "held") this.#letGo(permit);
    this.#counting.remove(permit.link);
    this.#setFree(permit);
  }

  /**
   * Milliseconds until a permit is free for the call at this position of a queue, if calls are written at once. The
   * times of the permits between the first and the last to become free are taken as evenly spread.
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
    if (permit.isStrangers) this.#heldByStrangers -= 1;
  }

  #setFree(permit: HeldPermit): void {
    permit.state = "free";
    if (permit.isStrangers) this.#strangers -= 1;
  }
}
