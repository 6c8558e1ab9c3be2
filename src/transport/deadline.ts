// The time an operation has, as an abort signal that is passed down to everything done on its behalf.

/** Why waiting ended: the time was over, or nobody waits any more. */
export type AbortReason = "timeout" | "cancelled";

export interface Deadline {
  /** Aborted, with an `AbortReason`, when the time is over or the caller has left. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left, 0 when it is over. */
  remainingMs(): number;
  /** Nobody waits any more: abort what is under way. */
  cancel(): void;
  /** The operation has been answered: lets the timer go, aborts nothing. */
  release(): void;
}

/** @param ms how long the operation may take, from now on */
export function startDeadline(ms: number): Deadline {
  const controller = new AbortController();
  const end = performance.now() + ms;
  const abort = (reason: AbortReason) => {
    clearTimeout(timer);
    controller.abort(reason);
  };
  const timer = setTimeout(abort, ms, "timeout");
  return {
    signal: controller.signal,
    remainingMs: () => (controller.signal.aborted ? 0 : Math.max(0, end - performance.now())),
    cancel: () => {
      abort("cancelled");
    },
    release: () => {
      clearTimeout(timer);
    },
  };
}

/** The reason a signal of a `Deadline` was aborted for. */
export function abortReason(signal: AbortSignal): AbortReason {
  return signal.reason === "cancelled" ? "cancelled" : "timeout";
}
