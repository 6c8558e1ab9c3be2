import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { startDeadline } from "../../../src/operation/operation.ts";
import { sleep, withTimeout, type StopReason, type StopSignal } from "../../../src/operation/stop-signal.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe("a deadline", () => {
  test("stops with timeout when its time is over", () => {
    const deadline = startDeadline(100);
    jest.advanceTimersByTime(99);
    expect(deadline.signal.reason()).toBeNull();
    expect(deadline.remainingMs()).toBeCloseTo(1);
    jest.advanceTimersByTime(1);
    expect(deadline.signal.reason()).toBe("timeout");
    expect(deadline.remainingMs()).toBe(0);
  });

  test("stops with cancelled when the caller leaves, but goes on for what must be finished", () => {
    const deadline = startDeadline(100);
    deadline.cancel();
    expect(deadline.signal.reason()).toBe("cancelled");
    expect(deadline.remainingMs()).toBe(0);
    expect(deadline.expiry.reason()).toBeNull();
    jest.advanceTimersByTime(100);
    expect(deadline.expiry.reason()).toBe("timeout");
    expect(deadline.signal.reason()).toBe("cancelled");
  });

  test("leaves no timer behind when it is released", () => {
    const deadline = startDeadline(100);
    deadline.release();
    expect(jest.getTimerCount()).toBe(0);
    expect(deadline.signal.reason()).toBeNull();
  });
});

describe("withTimeout", () => {
  const untilStopped = (signal: StopSignal) =>
    new Promise<StopReason>((resolve) => {
      signal.listen(resolve);
    });

  test("stops with timeout when its own time is over", async () => {
    const deadline = startDeadline(1000);
    const run = withTimeout(deadline.signal, 100, untilStopped);
    jest.advanceTimersByTime(100);
    expect(await run).toBe("timeout");
  });

  test("stops with the outer reason when that comes first", async () => {
    const deadline = startDeadline(1000);
    const run = withTimeout(deadline.signal, 100, untilStopped);
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
  test("ends after its time, or when the signal stops", async () => {
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
