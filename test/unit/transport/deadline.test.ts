import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { abortReason, startDeadline } from "../../../src/transport/deadline.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe("a deadline", () => {
  test("aborts with timeout when its time is over", () => {
    const deadline = startDeadline(100);
    jest.advanceTimersByTime(99);
    expect(deadline.signal.aborted).toBe(false);
    expect(deadline.remainingMs()).toBeCloseTo(1);
    jest.advanceTimersByTime(1);
    expect(abortReason(deadline.signal)).toBe("timeout");
    expect(deadline.remainingMs()).toBe(0);
  });

  test("aborts with cancelled when the caller leaves", () => {
    const deadline = startDeadline(100);
    deadline.cancel();
    expect(abortReason(deadline.signal)).toBe("cancelled");
    expect(deadline.remainingMs()).toBe(0);
    expect(jest.getTimerCount()).toBe(0);
  });

  test("leaves no timer behind when it is released", () => {
    const deadline = startDeadline(100);
    deadline.release();
    expect(jest.getTimerCount()).toBe(0);
    expect(deadline.signal.aborted).toBe(false);
  });
});
