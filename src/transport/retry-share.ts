// Limits the retries that a workspace may add to its traffic: retries must not multiply the load on a Bird that fails.
import { SlidingCounter } from "./sliding-counter.ts";

/** The share of a workspace's calls that may be retried. */
const SHARE = 0.1;
/** The retries that are always allowed in ten seconds. */
const MINIMUM = 3;

/** The retries that may still be made. */
export interface Retries {
  /** A call was attempted for the first time. A call that was not sent does not count. */
  countCall(): void;
  /** Takes a retry, if one is left. It counts until `end` at least, since it may wait for long before it is sent. */
  take(): boolean;
  /** A retry that was taken has ended. One that was sent counts for ten seconds from now. */
  end(wasSent: boolean): void;
}

/** The retries of one stranger: three in ten seconds. A fixed number takes half the memory of a share of the calls. */
export class StrangersRetries implements Retries {
  /** The retries that were taken and have not ended. */
  #underWay = 0;
  readonly #sent = new SlidingCounter();

  countCall(): void {
    // The number of retries does not depend on it.
  }

  take(): boolean {
    if (this.#underWay + this.#sent.total() >= this.limit()) return false;
    this.#underWay += 1;
    return true;
  }

  end(wasSent: boolean): void {
    this.#underWay -= 1;
    if (wasSent) this.#sent.add();
  }

  protected limit(): number {
    return MINIMUM;
  }
}

/** The retries of a workspace: a tenth of the calls made in the last ten seconds, and never fewer than three. */
export class RetryShare extends StrangersRetries {
  readonly #calls = new SlidingCounter();

  override countCall(): void {
    this.#calls.add();
  }

  protected override limit(): number {
    return Math.max(super.limit(), SHARE * this.#calls.total());
  }
}
