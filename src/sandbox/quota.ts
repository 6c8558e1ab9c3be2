// Bird's rate limit: a number of calls in any one second, measured over a sliding window.

const WINDOW_MS = 1000;

/** The two limits of a workspace, in calls per second. `Infinity` switches one off. */
export type QuotaLimits = { readonly readsPerSecond: number; readonly writesPerSecond: number };

/** What a workspace has left of both limits. Reads and writes are counted apart. */
export class Quota {
  readonly #reads: SlidingWindow;
  readonly #writes: SlidingWindow;

  /** @throws RangeError when a limit is neither a whole number from 1 nor Infinity */
  constructor({ readsPerSecond, writesPerSecond }: QuotaLimits) {
    this.#reads = new SlidingWindow(readsPerSecond);
    this.#writes = new SlidingWindow(writesPerSecond);
  }

  /** Whether the call is accepted. A rejected call costs nothing. */
  admit(method: "GET" | "PATCH"): boolean {
    return (method === "GET" ? this.#reads : this.#writes).admit();
  }
}

/** Accepts at most `limit` calls in any 1000 ms. */
export class SlidingWindow {
  readonly #limit: number;
  readonly #now: () => number;
  /** A ring of the last `limit` accepted times: the slot to write next holds the one from `limit` calls ago. */
  readonly #acceptedAt: number[] = [];
  #next = 0;

  /**
   * @param now the time in milliseconds
   * @throws RangeError when the limit is neither a whole number from 1 nor Infinity
   */
  constructor(limit: number, now: () => number = () => performance.now()) {
    if (limit !== Infinity && (!Number.isInteger(limit) || limit < 1)) {
      throw new RangeError(`A limit per second is a whole number from 1, or Infinity, not ${limit}.`);
    }
    this.#limit = limit;
    this.#now = now;
  }

  /** Whether the call is accepted. A rejected call costs nothing. */
  admit(): boolean {
    if (this.#limit === Infinity) return true;
    const time = this.#now();
    const limitCallsAgo = this.#acceptedAt[this.#next];
    if (limitCallsAgo !== undefined && time - limitCallsAgo < WINDOW_MS) return false;
    this.#acceptedAt[this.#next] = time;
    this.#next = (this.#next + 1) % this.#limit;
    return true;
  }
}
