// How waiting is ended: an abort signal reduced to what the gateway needs.
// The platform's AbortController with its events cost 6 to 11 % of the CPU of a request, measured with npm run bench.

/** Why waiting ended: the time was over, or nobody waits any more. */
export type StopReason = "timeout" | "cancelled";

/** Something that can be told to stop, once. */
export class StopSignal {
  #reason: StopReason | null = null;
  readonly #listeners = new Set<(reason: StopReason) => void>();

  /** Null while it goes on. A method, since a property's value would be believed to outlive an await. */
  reason(): StopReason | null {
    return this.#reason;
  }

  /** Tells everybody who listens; only the first reason counts. */
  stop(reason: StopReason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  /** Calls back when it is stopped; not at all when it already is. */
  listen(listener: (reason: StopReason) => void): void {
    if (this.#reason === null) this.#listeners.add(listener);
  }

  unlisten(listener: (reason: StopReason) => void): void {
    this.#listeners.delete(listener);
  }
}

/** Runs something under a signal of its own, which stops with `outer`, or after `ms` milliseconds. */
export async function withTimeout<T>(
  outer: StopSignal,
  ms: number,
  run: (signal: StopSignal) => Promise<T>,
): Promise<T> {
  if (outer.reason() !== null) return run(outer);
  const inner = new StopSignal();
  const follow = (reason: StopReason) => {
    inner.stop(reason);
  };
  outer.listen(follow);
  const timer = setTimeout(follow, ms, "timeout");
  try {
    return await run(inner);
  } finally {
    clearTimeout(timer);
    outer.unlisten(follow);
  }
}

/** Waits; resolves early when the signal stops. */
export function sleep(ms: number, signal: StopSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.reason() !== null) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.unlisten(end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.listen(end);
  });
}
