import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { Timers } from "../../../src/operation/timers.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe("the timers", () => {
  test("run every due entry in order, and no cancelled one", () => {
    const entries = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 50 }), isCancelled: fc.boolean() }));
    fc.assert(
      fc.property(entries, fc.integer({ min: 0, max: 60 }), (wanted, elapsedMs) => {
        const timers = new Timers();
        const run: number[] = [];
        const scheduled = wanted.map(({ ms }) => timers.schedule(ms, () => run.push(ms)));
        for (const [index, entry] of scheduled.entries())
          if (wanted[index]?.isCancelled) timers.cancel(entry);
        jest.advanceTimersByTime(elapsedMs);
        const left = wanted.filter((entry) => !entry.isCancelled).map((entry) => entry.ms);
        const due = left.filter((ms) => ms <= elapsedMs);
        expect(run).toEqual(due.sort((one, other) => one - other));
        expect(timers.size).toBe(left.length - due.length);
      }),
      { numRuns: 200 },
    );
  });

  test("use one setTimeout for all entries", () => {
    const timers = new Timers();
    for (let ms = 1000; ms < 1100; ms++) timers.schedule(ms, () => undefined);
    expect(jest.getTimerCount()).toBe(1);
  });

  test("let the event loop read what has arrived before they run late", async () => {
    jest.useRealTimers();
    const timers = new Timers();
    const { port1, port2 } = new MessageChannel();
    const happened: string[] = [];
    const message = once(port1, "message").then(() => happened.push("message"));
    const timer = new Promise((resolve) => {
      // After this phase of the event loop it runs timers, and only then it reads.
      setImmediate(() => {
        port2.postMessage("");
        const dueMs = performance.now() + 20;
        timers.schedule(20, () => {
          resolve(happened.push("timer"));
        });
        while (performance.now() < dueMs + 20);
      });
    });
    await Promise.all([message, timer]);
    port1.close();
    expect(happened).toEqual(["message", "timer"]);
  });

  test("let an entry that is late have its effect before a later one runs", async () => {
    jest.useRealTimers();
    const timers = new Timers();
    const happened: string[] = [];
    const settle = async () => {
      for (let awaits = 0; awaits < 20; awaits++) await Promise.resolve();
      happened.push("effect of the earlier one");
    };
    await new Promise((resolve) => {
      timers.schedule(10, () => void settle());
      timers.schedule(20, () => {
        resolve(happened.push("later one"));
      });
      const end = performance.now() + 40;
      while (performance.now() < end);
    });
    expect(happened).toEqual(["effect of the earlier one", "later one"]);
  });

  test("take an entry that is due before all others, and one that is scheduled by another", () => {
    const timers = new Timers();
    const run: string[] = [];
    timers.schedule(100, () => run.push("late"));
    timers.schedule(10, () => {
      run.push("early");
      timers.schedule(10, () => run.push("next"));
    });
    jest.advanceTimersByTime(20);
    expect(run).toEqual(["early", "next"]);
    jest.advanceTimersByTime(80);
    expect(run).toEqual(["early", "next", "late"]);
  });

  test("forget an entry once", () => {
    const timers = new Timers();
    const entry = timers.schedule(10, () => undefined);
    jest.advanceTimersByTime(10);
    timers.schedule(10, () => undefined);
    timers.cancel(entry);
    expect(timers.size).toBe(1);
  });
});
