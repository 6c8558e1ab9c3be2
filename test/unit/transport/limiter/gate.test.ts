import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { Operation } from "../../../../src/operation/operation.ts";
import { notSent, type NotSent } from "../../../../src/transport/call.ts";
import { Gate } from "../../../../src/transport/limiter/gate.ts";
import type { Permit } from "../../../../src/transport/limiter/limiter.ts";

let operations: Operation[] = [];
beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  for (const operation of operations) operation.close();
  operations = [];
  jest.useRealTimers();
});

function start(deadlineMs = 10_000): Operation {
  const operation = new Operation({ deadlineMs });
  operations.push(operation);
  return operation;
}

function acquire(gate: Gate, operation = start(), credentialId = "c") {
  return gate.acquire({ workspaceId: "w", effect: "read", credentialId, operation });
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

/** Asks for permits, which are released at once. */
function ask(gate: Gate, times: number, operation = start(), credentialId = "c") {
  const given: (Permit | NotSent)[] = [];
  for (let call = 0; call < times; call++) {
    void acquire(gate, operation, credentialId).then((result) => {
      given.push(result);
      if (result.kind === "permit") result.release();
    });
  }
  return {
    permits: () => given.filter((result) => result.kind === "permit").length,
    rejected: () => given.filter((result) => result.kind === "notSent"),
  };
}

describe("a gate of 50 a second", () => {
  test("lets 50 through at once, and the next ones a second later", async () => {
    const asked = ask(gateOf(50), 100);
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.permits()).toBe(50);
    await jest.advanceTimersByTimeAsync(1000);
    expect(asked.permits()).toBe(50);
    await jest.advanceTimersByTimeAsync(10);
    expect(asked.permits()).toBe(100);
  });

  test("never lets more than 50 through in any second, however they come", async () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 150 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (pauses) => {
        const gate = gateOf(50);
        const passed: number[] = [];
        for (const pause of pauses) {
          if (pause < 40) await jest.advanceTimersByTimeAsync(pause);
          void acquire(gate).then((result) => {
            if (result.kind !== "permit") return;
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

  test("frees a permit a second after its call was answered, not after it was made", async () => {
    const gate = gateOf(1);
    const first = await acquire(gate);
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(1500);
    if (first.kind === "permit") first.release();
    await jest.advanceTimersByTimeAsync(490);
    expect(asked.permits()).toBe(0);
    const later = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(520);
    expect(asked.permits() + later.permits()).toBe(1);
  });

  test("frees a permit at once that was refunded", async () => {
    const gate = gateOf(1);
    const first = await acquire(gate);
    if (first.kind === "permit") first.refund();
    expect((await acquire(gate)).kind).toBe("permit");
  });

  test("wakes what waits when a permit is refunded", async () => {
    const gate = gateOf(1);
    const first = await acquire(gate);
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(10);
    if (first.kind === "permit") first.refund();
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.permits()).toBe(1);
  });

  test("rejects after 2 s of waiting, and tells when to come again", async () => {
    const gate = gateOf(1);
    await acquire(gate);
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(1999);
    expect(asked.rejected()).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked.rejected()).toEqual([notSent("quotaExhausted", 1000)]);
  });

  test("rejects at once what it cannot serve within 2 s", async () => {
    const asked = ask(gateOf(50), 200);
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.permits()).toBe(50);
    expect(asked.rejected()).toHaveLength(50);
  });

  test("lets a small operation pass a large one", async () => {
    const gate = gateOf(50);
    const large = ask(gate, 149);
    const small = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(0);
    expect([large.permits(), small.permits()]).toEqual([50, 0]);
    await jest.advanceTimersByTimeAsync(1010);
    expect([large.permits(), small.permits()]).toEqual([99, 1]);
  });

  test("waits out a pause, and rejects at once when it is longer than anything may wait", async () => {
    let pause = 500;
    const gate = gateOf(50, () => pause);
    const asked = ask(gate, 1);
    await jest.advanceTimersByTimeAsync(499);
    expect(asked.permits()).toBe(0);
    pause = 0;
    await jest.advanceTimersByTimeAsync(1);
    expect(asked.permits()).toBe(1);
    pause = 60_000;
    expect(await acquire(gate)).toMatchObject({ kind: "notSent", retryAfterMs: 60_000 });
  });

  test("drops what an operation waits for when its caller leaves", async () => {
    const gate = gateOf(1);
    await acquire(gate);
    const leaving = start();
    const asked = ask(gate, 1, leaving);
    await jest.advanceTimersByTimeAsync(0);
    leaving.leave();
    await jest.advanceTimersByTimeAsync(0);
    expect(asked.rejected()).toHaveLength(1);
  });

  test("lets all through that wait with a credential which has been accepted", async () => {
    const gate = gateOf(1);
    await acquire(gate, start(), "other");
    const waiting = ask(gate, 2, start(), "mine");
    await jest.advanceTimersByTimeAsync(0);
    gate.admit("mine");
    await jest.advanceTimersByTimeAsync(0);
    expect(waiting.permits()).toBe(2);
  });
});
