// The time an operation has, as abort signals that are passed down to everything done on its behalf.

/** Why waiting ended: the time was over, or nobody waits any more. */
export type AbortReason = "timeout" | "cancelled";

export interface Deadline {
  /** Aborted, with an `AbortReason`, when the time is over or the caller has left. */
  readonly signal: AbortSignal;
  /** Aborted only when the time is over: for what must be finished although nobody waits. */
  readonly expiry: AbortSignal;
  /** Milliseconds that are left, 0 when it is over or the caller has left. */
  remainingMs(): number;
  /** The caller has left. */
  cancel(): void;
  /** Everything has been answered: lets the timer go, aborts nothing. */
  release(): void;
}

/** @param ms how long the operation may take, from now on */
export function startDeadline(ms: number): Deadline {
  const either = new AbortController();
  const expiry = new AbortController();
  const end = performance.now() + ms;
  const timer = setTimeout(() => {
    either.abort("timeout" satisfies AbortReason);
    expiry.abort("timeout" satisfies AbortReason);
  }, ms);
  return {
    signal: either.signal,
    expiry: expiry.signal,
    remainingMs: () => (either.signal.aborted ? 0 : Math.max(0, end - performance.now())),
    cancel: () => {
      either.abort("cancelled" satisfies AbortReason);
    },
    release: () => {
      clearTimeout(timer);
    },
  };
}

/** The reason a signal of this file was aborted for. */
export function abortReason(signal: AbortSignal): AbortReason {
  return signal.reason === "cancelled" ? "cancelled" : "timeout";
}

/**
 * Runs something under a signal that is aborted with `outer`, or after `ms` milliseconds, whichever is first; leaves no
 * timer and no listener behind.
 */
export async function withTimeout<T>(
  outer: AbortSignal,
  ms: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (outer.aborted) return run(outer);
  const inner = new AbortController();
  const follow = () => {
    inner.abort(outer.reason);
  };
  outer.addEventListener("abort", follow);
  const timer = setTimeout(() => {
    inner.abort("timeout" satisfies AbortReason);
  }, ms);
  try {
    return await run(inner.signal);
  } finally {
    clearTimeout(timer);
    outer.removeEventListener("abort", follow);
  }
}

/** Waits; resolves early when the signal is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
