// Limits the retries that a workspace may add to its traffic: retries must not multiply the load on a Bird that fails.
import { SlidingCounter } from "./sliding-counter.ts";

const SHARE = 0.1;
const MINIMUM = 3;

/** The retries that may still be made. */
export interface Retries {
  /** A call was attempted for the first time. A call that was not sent does not count. */
  countCall(): void;
  /** Takes a retry, if one is left. */
  take(): boolean;
  /** The retry was not sent. */
  giveBack(): void;
}

/** A tenth of the calls that were made in the last ten seconds, and never less than three. */
export class RetryShare implements Retries {
  readonly #calls = new SlidingCounter();
  readonly #retries = new SlidingCounter();

  countCall(): void {
    this.#calls.add();
  }

  take(): boolean {
    if (this.#retries.total() >= Math.max(MINIMUM, SHARE * this.#calls.total())) return false;
    this.#retries.add();
    return true;
  }

  giveBack(): void {
    this.#retries.remove();
  }
}

/** Three in ten seconds, for a key that Bird has not accepted: it costs half the memory of a share that grows. */
export class StrangersRetries implements Retries {
  readonly #retries = new SlidingCounter();

  countCall(): void {
    // The number of retries does not depend on it.
  }

  take(): boolean {
    if (this.#retries.total() >= MINIMUM) return false;
    this.#retries.add();
    return true;
  }

  giveBack(): void {
    this.#retries.remove();
  }
}
