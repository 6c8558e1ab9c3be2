import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { abortReason, sleep, startDeadline, withTimeout } from "../../../src/transport/deadline.ts";

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

  test("aborts with cancelled when the caller leaves, but goes on for what must be finished", () => {
    const deadline = startDeadline(100);
    deadline.cancel();
    expect(abortReason(deadline.signal)).toBe("cancelled");
    expect(deadline.remainingMs()).toBe(0);
    expect(deadline.expiry.aborted).toBe(false);
    jest.advanceTimersByTime(100);
    expect(abortReason(deadline.expiry)).toBe("timeout");
    expect(abortReason(deadline.signal)).toBe("cancelled");
  });

  test("leaves no timer behind when it is released", () => {
    const deadline = startDeadline(100);
    deadline.release();
    expect(jest.getTimerCount()).toBe(0);
    expect(deadline.signal.aborted).toBe(false);
  });
});

describe("withTimeout", () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<string>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve(abortReason(signal));
      });
    });

  test("aborts with timeout when its own time is over", async () => {
    const deadline = startDeadline(1000);
    const run = withTimeout(deadline.signal, 100, untilAborted);
    jest.advanceTimersByTime(100);
    expect(await run).toBe("timeout");
  });

  test("aborts with the outer reason when that comes first", async () => {
    const deadline = startDeadline(1000);
    const run = withTimeout(deadline.signal, 100, untilAborted);
    deadline.cancel();
    expect(await run).toBe("cancelled");
  });

  test("leaves no timer behind", async () => {
    const deadline = startDeadline(1000);
    await withTimeout(deadline.signal, 100, () => Promise.resolve());
    deadline.release();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("sleep", () => {
  test("ends after its time, or when the signal is aborted", async () => {
    const deadline = startDeadline(1000);
    const short = sleep(100, deadline.signal);
    jest.advanceTimersByTime(100);
    await short;
    const long = sleep(10_000, deadline.signal);
    deadline.cancel();
    await long;
    await sleep(10_000, deadline.signal);
    deadline.release();
    expect(jest.getTimerCount()).toBe(0);
  });
});
