import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { startDeadline, type Deadline } from "../../../../src/operation/operation.ts";
import { Gate, type Place } from "../../../../src/transport/limiter/gate.ts";
import type { Refused } from "../../../../src/transport/call.ts";

let deadlines: Deadline[] = [];
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  deadlines.forEach((deadline) => {
    deadline.release();
  });
  deadlines = [];
  jest.useRealTimers();
});

function operation(ms = 10_000): Deadline {
  const deadline = startDeadline(ms);
  deadlines.push(deadline);
  return deadline;
}

function gateOf(perSecond: number, pausedMs = () => 0): Gate {
  return new Gate({
    limiter: new RateLimiterMemory({ points: 1, duration: 1 }),
    name: "w",
    perSecond,
    maxWaiting: 2 * perSecond,
    pausedMs,
  });
}

/** Asks for places; those who get one release it at once. */
function ask(gate: Gate, times: number, deadline = operation(), credentialId = "c") {
  const given: (Place | Refused)[] = [];
  for (let call = 0; call < times; call++) {
    void gate.take(credentialId, deadline).then((result) => {
      given.push(result);
      if (result.kind === "place") result.release();
    });
  }
  return {
    places: () => given.filter((result) => result.kind === "place").length,
    refused: () => given.filter((result) => result.kind === "refused"),
  };
}

describe("a gate of 50 a second", () => {
  test("lets 50 through at once, and the next ones a second later", async () => {
    const asked = ask(gateOf(50), 100);
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.places()).toBe(50);
    await jest.advanceTimersByTimeAsync(1000);
    expect(asked.places()).toBe(50);
    await jest.advanceTimersByTimeAsync(10);
    expect(asked.places()).toBe(100);
  });

  test("never lets more than 50 through in any second, however they come", async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (pauses) => {
        const gate = gateOf(50);
        const passed: number[] = [];
        for (const pause of pauses) {
          if (pause < 40) await jest.advanceTimersByTimeAsync(pause);
          void gate.take("c", operation()).then((result) => {
            if (result.kind !== "place") return;
            passed.push(Date.now());
            result.release();
          });
        }
        await jest.advanceTimersByTimeAsync(5000);
        for (const [index, time] of passed.entries()) {
          const fiftyLater = passed[index + 50];
          if (fiftyLater !== undefined) expect(fiftyLater - time).toBeGreaterThanOrEqual(1000);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("frees a place a second after its call was answered, not after it was made", async () => {
    const gate = gateOf(1);
    const first = await gate.take("c", operation());
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(1500);
    if (first.kind === "place") first.release();
    await jest.advanceTimersByTimeAsync(490);
    expect(asked.places()).toBe(0);
    const later = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(520);
    expect(asked.places() + later.places()).toBe(1);
  });

  test("frees a place at once that was given back", async () => {
    const gate = gateOf(1);
    const first = await gate.take("c", operation());
    if (first.kind === "place") first.giveBack();
    expect((await gate.take("c", operation())).kind).toBe("place");
  });

  test("wakes whoever waits when a place is given back", async () => {
    const gate = gateOf(1);
    const first = await gate.take("c", operation());
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(10);
    if (first.kind === "place") first.giveBack();
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.places()).toBe(1);
  });

  test("refuses after 2 s of waiting, and tells when to come again", async () => {
    const gate = gateOf(1);
    await gate.take("c", operation());
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(1999);
    expect(asked.refused()).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked.refused()).toEqual([{ kind: "refused", reason: "budgetExhausted", retryAfterMs: 1000 }]);
  });

  test("refuses at once whom it cannot serve within 2 s", async () => {
    const asked = ask(gateOf(50), 200);
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.places()).toBe(50);
    expect(asked.refused()).toHaveLength(50);
  });

  test("lets a small operation pass a large one", async () => {
    const gate = gateOf(50);
    const large = ask(gate, 149);
    const small = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(0);
    expect([large.places(), small.places()]).toEqual([50, 0]);
    await jest.advanceTimersByTimeAsync(1010);
    expect([large.places(), small.places()]).toEqual([99, 1]);
  });

  test("waits out a pause, and refuses at once when it is longer than anybody may wait", async () => {
    let pause = 500;
    const gate = gateOf(50, () => pause);
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(499);
    expect(asked.places()).toBe(0);
    pause = 0;
    await jest.advanceTimersByTimeAsync(1);
    expect(asked.places()).toBe(1);
    pause = 60_000;
    expect(await gate.take("c", operation())).toMatchObject({ kind: "refused", retryAfterMs: 60_000 });
  });

  test("drops whoever leaves", async () => {
    const gate = gateOf(1);
    await gate.take("c", operation());
    const leaving = operation();
    const asked = ask(gate, 1, leaving);
    await jest.advanceTimersByTimeAsync(0);
    leaving.cancel();
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.refused()).toHaveLength(1);
  });

  test("lets all through that wait with a credential which has been accepted", async () => {
    const gate = gateOf(1);
    await gate.take("other", operation());
    const waiting = ask(gate, 2, operation(), "mine");
    await jest.advanceTimersByTimeAsync(0);
    gate.admit("mine");
    await jest.advanceTimersByTimeAsync(0);
    expect(waiting.places()).toBe(2);
  });
});
