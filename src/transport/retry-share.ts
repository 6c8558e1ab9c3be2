// How many retries a workspace may add to its traffic: a Bird that fails must not get three times the load for it.
import { SlidingCounter } from "./sliding-counter.ts";

const SHARE = 0.1;
const MINIMUM = 3;

/** A tenth of the calls that were made in the last ten seconds, and never less than three. */
export class RetryShare {
  readonly #calls = new SlidingCounter();
  readonly #retries = new SlidingCounter();

  /** A call was attempted for the first time. A call that was not sent does not count. */
  countCall(): void {
    this.#calls.add();
  }

  /** Takes a retry out of the share, if one is left. */
  take(): boolean {
    if (this.#retries.total() >= Math.max(MINIMUM, SHARE * this.#calls.total())) return false;
    this.#retries.add();
    return true;
  }

  /** The retry was not sent. */
  giveBack(): void {
    this.#retries.remove();
  }
}
