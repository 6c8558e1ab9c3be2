// Counts events of the last ten seconds, in steps of two seconds.

/** The number of steps. It is small, because every stranger has three counters and must take less than 1 kB. */
const BUCKETS = 5;
const BUCKET_MS = 2000;

export class SlidingCounter {
  readonly #counts = new Array<number>(BUCKETS).fill(0);
  #total = 0;
  /** The step up to which the counts have been brought. */
  #tick = currentTick();

  add(): void {
    this.#forgetOld();
    const bucket = this.#tick % BUCKETS;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
  }

  total(): number {
    this.#forgetOld();
    return this.#total;
  }

  reset(): void {
    this.#counts.fill(0);
    this.#total = 0;
  }

  #forgetOld(): void {
    const now = currentTick();
    for (let step = Math.min(now - this.#tick, BUCKETS); step > 0; step--) {
      const bucket = (now - step + 1) % BUCKETS;
      this.#total -= this.#counts[bucket] ?? 0;
      this.#counts[bucket] = 0;
    }
    this.#tick = now;
  }
}

function currentTick(): number {
  return Math.floor(performance.now() / BUCKET_MS);
}
