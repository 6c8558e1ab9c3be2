// How often something happened in the last ten seconds, in one-second steps.

const BUCKETS = 10;
const BUCKET_MS = 1000;

export class SlidingCounter {
  readonly #counts = new Array<number>(BUCKETS).fill(0);
  readonly #ticks = new Array<number>(BUCKETS).fill(-Infinity);

  add(): void {
    const tick = currentTick();
    const bucket = tick % BUCKETS;
    this.#counts[bucket] = (this.#ticks[bucket] === tick ? (this.#counts[bucket] ?? 0) : 0) + 1;
    this.#ticks[bucket] = tick;
  }

  total(): number {
    const oldest = currentTick() - BUCKETS;
    return this.#counts.reduce(
      (sum, count, bucket) => ((this.#ticks[bucket] ?? 0) > oldest ? sum + count : sum),
      0,
    );
  }

  reset(): void {
    this.#counts.fill(0);
  }
}

function currentTick(): number {
  return Math.floor(performance.now() / BUCKET_MS);
}
