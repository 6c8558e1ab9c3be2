// How many retries a workspace may add to its traffic: a Bird that fails must not get three times the load for it.
import { SlidingCounter } from "./sliding-counter.ts";

const SHARE = 0.1;
const MINIMUM = 3;

/** A tenth of the calls of the last ten seconds, and never less than three. */
export class RetryBudget {
  readonly #calls = new SlidingCounter();
  readonly #retries = new SlidingCounter();

  /** A call is about to be made for the first time. */
  countCall(): void {
    this.#calls.add();
  }

  /** Takes a retry out of the budget, if one is left. */
  takeRetry(): boolean {
    if (this.#retries.total() >= Math.max(MINIMUM, SHARE * this.#calls.total())) return false;
    this.#retries.add();
    return true;
  }
}
