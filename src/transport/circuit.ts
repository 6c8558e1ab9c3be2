// The circuit breaker of one workspace, or of one stranger: while Bird fails, calls are not sent and fail at once.
import { SlidingCounter } from "./sliding-counter.ts";

/** Milliseconds for which nothing is sent before one call probes whether Bird works again. */
const OPEN_MS = 5000;
/** Fewer calls in ten seconds say too little about Bird. */
const MINIMUM_CALLS = 20;
/** The share of failed calls at which the circuit opens. */
const FAILING_SHARE = 0.5;

/** `closed`: calls are sent. `open`: none is sent. `probing`: one call has been let through. */
export type CircuitState = "closed" | "open" | "probing";

/** What a call showed about Bird. `neither`: nothing, since it was not sent or its caller left. */
export type Verdict = "success" | "failure" | "neither";

/** The right to make a call. It must be ended in every case. Only the first `end` counts. */
export interface CircuitEntry {
  /** The only call that is let through while the circuit is open. Its verdict closes the circuit or keeps it open. */
  readonly isProbe: boolean;
  /** Whether the circuit has opened since `enter`: a call that has waited since then must not be sent any more. */
  hasLapsed(): boolean;
  end(verdict: Verdict): void;
}

/**
 * Opens when half of at least 20 calls in 10 s failed. After 5 s it lets one call through: a success closes it, a
 * failure opens it for another 5 s, and after neither the next call is the probe.
 */
export class Circuit {
  readonly #calls = new SlidingCounter();
  readonly #failures = new SlidingCounter();
  readonly #onChange: (state: CircuitState) => void;
  #state: CircuitState = "closed";
  /** When the next probe may be made. */
  #probeAtMs = 0;
  /** How often it has opened. The verdict of a call that began before the last opening is ignored. */
  #timesOpened = 0;

  /** @param onChange called with each new state */
  constructor(onChange: (state: CircuitState) => void) {
    this.#onChange = onChange;
  }

  /** @returns null when the call must not be made */
  enter(): CircuitEntry | null {
    if (this.#state === "closed") return this.#enterClosed();
    if (this.#state === "probing" || performance.now() < this.#probeAtMs) return null;
    return this.#enterAsProbe();
  }

  /** Milliseconds until the next probe may be made; 0 where that is now. */
  retryAfterMs(): number {
    return this.#state === "closed" ? 0 : Math.max(0, this.#probeAtMs - performance.now());
  }

  #enterClosed(): CircuitEntry {
    const timesOpened = this.#timesOpened;
    const onEnd = (verdict: Verdict) => {
      if (verdict === "neither" || this.#timesOpened !== timesOpened) return;
      this.#calls.add();
      if (verdict === "failure") this.#failures.add();
      if (this.#isFailing()) this.#open();
    };
    return new Entry({ isProbe: false, onEnd, hasLapsed: () => this.#state !== "closed" });
  }

  #enterAsProbe(): CircuitEntry {
    this.#change("probing");
    const onEnd = (verdict: Verdict) => {
      if (verdict === "failure") this.#open();
      else if (verdict === "success") this.#close();
      else this.#change("open");
    };
    return new Entry({ isProbe: true, onEnd, hasLapsed: () => false });
  }

  #isFailing(): boolean {
    const calls = this.#calls.total();
    return calls >= MINIMUM_CALLS && this.#failures.total() >= FAILING_SHARE * calls;
  }

  #open(): void {
    this.#timesOpened += 1;
    this.#probeAtMs = performance.now() + OPEN_MS;
    this.#change("open");
  }

  #close(): void {
    this.#calls.reset();
    this.#failures.reset();
    this.#change("closed");
  }

  #change(state: CircuitState): void {
    this.#state = state;
    this.#onChange(state);
  }
}

type EntryParts = { isProbe: boolean; onEnd: (verdict: Verdict) => void; hasLapsed: () => boolean };

class Entry implements CircuitEntry {
  readonly isProbe: boolean;
  readonly hasLapsed: () => boolean;
  readonly #onEnd: (verdict: Verdict) => void;
  #hasEnded = false;

  constructor({ isProbe, onEnd, hasLapsed }: EntryParts) {
    this.isProbe = isProbe;
    this.hasLapsed = hasLapsed;
    this.#onEnd = onEnd;
  }

  end(verdict: Verdict): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onEnd(verdict);
  }
}
