// The time an operation has, as signals that are passed down to everything done on its behalf.
import { StopSignal } from "./stop-signal.ts";

export interface Deadline {
  /** Stands for the operation, where several share something fairly. */
  readonly operation: object;
  /** Stops when the time is over or the caller has left. */
  readonly signal: StopSignal;
  /** Stops only when the time is over: for what must be finished although nobody waits. */
  readonly expiry: StopSignal;
  /** Milliseconds that are left, 0 when it is over or the caller has left. */
  remainingMs(): number;
  /** The caller has left. */
  cancel(): void;
  /** Everything has been answered: lets the timer go, stops nothing. */
  release(): void;
}

/** @param ms how long the operation may take, from now on */
export function startDeadline(ms: number): Deadline {
  const signal = new StopSignal();
  const expiry = new StopSignal();
  const end = performance.now() + ms;
  const timer = setTimeout(() => {
    signal.stop("timeout");
    expiry.stop("timeout");
  }, ms);
  return {
    operation: signal,
    signal,
    expiry,
    remainingMs: () => (signal.reason() === null ? Math.max(0, end - performance.now()) : 0),
    cancel: () => {
      signal.stop("cancelled");
    },
    release: () => {
      clearTimeout(timer);
    },
  };
}
