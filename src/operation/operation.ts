// The time and the calls an operation has, passed down to everything done on its behalf.
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
  /** Takes one upstream call out of those the operation may cause, if one is left. */
  takeCall(): boolean;
  /** How many it may still cause. */
  callsLeft(): number;
  /** The caller has left. */
  cancel(): void;
  /** Everything has been answered: lets the timer go, stops nothing. */
  release(): void;
}

/**
 * @param ms how long the operation may take, from now on
 * @param maxCalls how many upstream calls it may cause, retries included
 */
export function startDeadline(ms: number, maxCalls = Infinity): Deadline {
  let calls = 0;
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
    takeCall: () => {
      if (calls >= maxCalls) return false;
      calls += 1;
      return true;
    },
    callsLeft: () => maxCalls - calls,
    cancel: () => {
      signal.stop("cancelled");
    },
    release: () => {
      clearTimeout(timer);
    },
  };
}
