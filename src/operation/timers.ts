// One timer for all deadlines of the process. It makes a deadline cheap, because most are cancelled before they are due.

/** A function to run at a time. */
export type TimerEntry = { readonly dueMs: number; readonly run: () => void; index: number };

/** The index of an entry that is not in the heap. */
const NOT_IN_HEAP = -1;
/** Entries that are due within so many milliseconds are run now: rounding errors of times are smaller. */
const ROUNDING_MS = 0.01;
/** Milliseconds after which a run is late, because the event loop was busy or the process was frozen. */
const LATE_MS = 10;
/** Entries that are due within so many milliseconds run together. */
const TOGETHER_MS = 1;

/**
 * A binary heap of due times with a single `setTimeout` for the earliest entry. Cancelling an entry leaves the timeout armed
 * while other entries wait: one needless wake-up is cheaper than a new `setTimeout` for each request.
 */
export class Timers {
  readonly #heap: TimerEntry[] = [];
  #timeout: NodeJS.Timeout | undefined;
  #armedForMs = Infinity;

  /** The number of entries that are not due yet. */
  get size(): number {
    return this.#heap.length;
  }

  /**
   * Calls `run` once, `ms` milliseconds from now. An entry does not keep the process alive.
   *
   * @returns the entry, for `cancel`
   */
  schedule(ms: number, run: () => void): TimerEntry {
    const entry = { dueMs: performance.now() + ms, run, index: this.#heap.length };
    this.#heap.push(entry);
    this.#moveUp(entry);
    if (entry.dueMs < this.#armedForMs) this.#arm(entry.dueMs);
    return entry;
  }

  /** Cancels an entry. Does nothing when it was run or cancelled before. */
  cancel(entry: TimerEntry): void {
    const { index } = entry;
    if (index === NOT_IN_HEAP) return;
    entry.index = NOT_IN_HEAP;
    const last = this.#heap.pop();
    if (last !== undefined && last !== entry) {
      this.#put(last, index);
      this.#moveUp(last);
      this.#moveDown(last);
    }
    if (this.#heap.length === 0) this.#disarm();
  }

  #arm(dueMs: number): void {
    this.#disarm();
    this.#armedForMs = dueMs;
    this.#timeout = setTimeout(
      this.#onTimeout,
      Math.max(0, Math.ceil(dueMs - performance.now() - ROUNDING_MS)),
    );
    this.#timeout.unref();
  }

  #disarm(): void {
    clearTimeout(this.#timeout);
    this.#armedForMs = Infinity;
  }

  /**
   * Runs what is due. A late run first lets the event loop read what has arrived: a response must not time out because
   * this process was frozen.
   */
  readonly #onTimeout = (): void => {
    const lateMs = performance.now() - this.#armedForMs;
    this.#armedForMs = Infinity;
    if (lateMs > LATE_MS) setImmediate(this.#runDue);
    else this.#runDue();
  };

  /**
   * Where entries are late, those of one time have their effect before those of a later time run: an operation that found
   * no connection must not time out because both were late.
   */
  readonly #runDue = (): void => {
    const now = performance.now() + ROUNDING_MS;
    const end = Math.min(now, (this.#heap[0]?.dueMs ?? now) + TOGETHER_MS);
    for (let first = this.#heap[0]; first !== undefined && first.dueMs <= end; first = this.#heap[0]) {
      this.cancel(first);
      first.run();
    }
    const [next] = this.#heap;
    if (next === undefined) return;
    if (next.dueMs <= now) setImmediate(this.#runDue);
    else if (next.dueMs < this.#armedForMs) this.#arm(next.dueMs);
  };

  #put(entry: TimerEntry, index: number): void {
    this.#heap[index] = entry;
    entry.index = index;
  }

  #moveUp(entry: TimerEntry): void {
    while (entry.index > 0) {
      const { index } = entry;
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex];
      if (parent === undefined || parent.dueMs <= entry.dueMs) return;
      this.#put(parent, index);
      this.#put(entry, parentIndex);
    }
  }

  #moveDown(entry: TimerEntry): void {
    for (;;) {
      const { index } = entry;
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      const child = right !== undefined && left !== undefined && right.dueMs < left.dueMs ? right : left;
      if (child === undefined || child.dueMs >= entry.dueMs) return;
      const childIndex = child.index;
      this.#put(child, index);
      this.#put(entry, childIndex);
    }
  }
}

/** The timers of the process. */
export const timers = new Timers();
