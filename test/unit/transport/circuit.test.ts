import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { circuitOpen, createBreaker, type Breaker } from "../../../src/transport/circuit.ts";
import type { NoAnswer, Outcome } from "../../../src/transport/call.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const answer = (status: number): Outcome => ({
  kind: "answer",
  status,
  body: { kind: "empty" },
  retryAfterMs: null,
});
const lost = (reason: NoAnswer["reason"]): Outcome => ({ kind: "noAnswer", reason, sent: true });

async function run(breaker: Breaker, outcome: Outcome, times = 1): Promise<void> {
  for (let call = 0; call < times; call++) await breaker.run(() => Promise.resolve(outcome));
}

/** Whether the next call is refused; a call that is let through succeeds. */
async function isOpen(breaker: Breaker): Promise<boolean> {
  return (await breaker.run(() => Promise.resolve(answer(200)))) === circuitOpen;
}

async function openBreaker(): Promise<Breaker> {
  const breaker = createBreaker("w");
  await run(breaker, answer(503), 20);
  return breaker;
}

describe("the breaker", () => {
  test.each<[string, Outcome]>([
    ["5xx", answer(503)],
    ["timeouts", lost("timeout")],
    ["connection failures", lost("unavailable")],
    ["bodies that break off", { ...answer(200), body: { kind: "lost", reason: "unavailable" } } as Outcome],
  ])("opens at twenty %s", async (_what, outcome) => {
    const breaker = createBreaker("w");
    await run(breaker, outcome, 19);
    expect(await isOpen(breaker)).toBe(false);
    await run(breaker, outcome);
    expect(await isOpen(breaker)).toBe(true);
  });

  test.each([400, 401, 403, 404, 409, 422, 429, 302])("never opens at %d", async (status) => {
    const breaker = createBreaker("w");
    await run(breaker, answer(status), 100);
    expect(await isOpen(breaker)).toBe(false);
  });

  test("never opens because callers leave", async () => {
    const breaker = createBreaker("w");
    await run(breaker, lost("cancelled"), 100);
    expect(await isOpen(breaker)).toBe(false);
  });

  test("opens when half of the calls failed, and not at less", async () => {
    const breaker = createBreaker("w");
    await run(breaker, answer(200), 20);
    await run(breaker, answer(503), 19);
    expect(await isOpen(breaker)).toBe(false);
    await run(breaker, answer(503), 2);
    expect(await isOpen(breaker)).toBe(true);
  });

  test("forgets what is older than ten seconds", async () => {
    const breaker = createBreaker("w");
    await run(breaker, answer(503), 19);
    jest.advanceTimersByTime(10_000);
    await run(breaker, answer(503), 19);
    expect(await isOpen(breaker)).toBe(false);
  });

  test("is one workspace's", async () => {
    await openBreaker();
    expect(await isOpen(createBreaker("another"))).toBe(false);
  });
});

describe("an open breaker", () => {
  test("refuses calls without making them, for five seconds", async () => {
    const breaker = await openBreaker();
    jest.advanceTimersByTime(4999);
    let made = 0;
    const call = () => Promise.resolve(answer(200 + made++));
    expect(await breaker.run(call)).toBe(circuitOpen);
    jest.advanceTimersByTime(1);
    expect(await breaker.run(call)).toEqual(answer(200));
    expect(made).toBe(1);
  });

  test("lets one call through to try, and refuses the others meanwhile", async () => {
    const breaker = await openBreaker();
    jest.advanceTimersByTime(5000);
    let finish: (outcome: Outcome) => void = () => undefined;
    const probe = breaker.run(() => new Promise((resolve) => (finish = resolve)));
    expect(await isOpen(breaker)).toBe(true);
    finish(answer(200));
    await probe;
    expect(await isOpen(breaker)).toBe(false);
  });

  test.each<[string, Outcome]>([
    ["fails", answer(503)],
    ["is left by its caller", lost("cancelled")],
  ])("stays open when the call that tries %s", async (_what, outcome) => {
    const breaker = await openBreaker();
    jest.advanceTimersByTime(5000);
    await run(breaker, outcome);
    expect(await isOpen(breaker)).toBe(true);
    jest.advanceTimersByTime(5000);
    expect(await isOpen(breaker)).toBe(false);
  });
});
