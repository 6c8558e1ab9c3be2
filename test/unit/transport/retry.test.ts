import { describe, expect, test } from "@jest/globals";
import type { Answer, NoAnswer, Outcome } from "../../../src/transport/call.ts";
import { retryDelayMs } from "../../../src/transport/retry.ts";

const answer = (status: number, rest: Partial<Answer> = {}): Outcome => ({
  kind: "answer",
  status,
  body: { kind: "empty" },
  retryAfterMs: null,
  ...rest,
});
const lost = (reason: NoAnswer["reason"], sent = true): Outcome => ({ kind: "noAnswer", reason, sent });

/** Whether there is a second try, with plenty of time. */
const isRetried = (method: "GET" | "PATCH", outcome: Outcome) =>
  retryDelayMs(method, outcome, 1, 10_000, 0.5) !== null;

describe("a second try", () => {
  test.each<[string, Outcome, boolean, boolean]>([
    ["200", answer(200), false, false],
    ["400", answer(400), false, false],
    ["401", answer(401), false, false],
    ["403", answer(403), false, false],
    ["404", answer(404), false, false],
    ["409", answer(409), false, false],
    ["422", answer(422), false, false],
    ["429", answer(429), true, true],
    ["500", answer(500), true, true],
    ["503", answer(503), true, true],
    ["302", answer(302), false, false],
    ["an unreadable 200", answer(200, { body: { kind: "unreadable" } }), false, false],
    [
      "a 200 whose body broke off",
      answer(200, { body: { kind: "lost", reason: "unavailable" } }),
      true,
      false,
    ],
    [
      "a 200 whose body did not come in time",
      answer(200, { body: { kind: "lost", reason: "timeout" } }),
      true,
      false,
    ],
    ["a 200 nobody waits for", answer(200, { body: { kind: "lost", reason: "cancelled" } }), false, false],
    ["a refused connection", lost("unavailable", false), true, true],
    ["a connection that was not made in time", lost("timeout", false), true, true],
    ["a reset after sending", lost("unavailable"), true, false],
    ["a timeout after sending", lost("timeout"), true, false],
    ["a caller who has left", lost("cancelled", false), false, false],
    ["an open circuit", { kind: "refused", reason: "circuitOpen", retryAfterMs: null }, false, false],
  ])("after %s", (_what, outcome, ofRead, ofUpdate) => {
    expect([isRetried("GET", outcome), isRetried("PATCH", outcome)]).toEqual([ofRead, ofUpdate]);
  });

  test("is the last but one of a read, and the last of an update", () => {
    expect(retryDelayMs("GET", answer(503), 2, 10_000, 0)).not.toBeNull();
    expect(retryDelayMs("GET", answer(503), 3, 10_000, 0)).toBeNull();
    expect(retryDelayMs("PATCH", answer(503), 2, 10_000, 0)).toBeNull();
  });
});

describe("the pause", () => {
  test("is random up to 100 ms, then up to 200 ms", () => {
    expect(retryDelayMs("GET", answer(503), 1, 10_000, 0)).toBe(0);
    expect(retryDelayMs("GET", answer(503), 1, 10_000, 1)).toBe(100);
    expect(retryDelayMs("GET", answer(503), 2, 10_000, 1)).toBe(200);
  });

  test("is what Bird asks for, where the deadline leaves time for it", () => {
    expect(retryDelayMs("GET", answer(429, { retryAfterMs: 5000 }), 1, 5001, 0)).toBe(5000);
    expect(retryDelayMs("GET", answer(429, { retryAfterMs: 5000 }), 1, 5000, 0)).toBeNull();
    expect(retryDelayMs("GET", answer(503, { retryAfterMs: 0 }), 1, 5000, 1)).toBe(0);
  });

  test("is never longer than the deadline", () => {
    expect(retryDelayMs("GET", answer(503), 1, 50, 1)).toBeNull();
    expect(retryDelayMs("GET", answer(503), 1, 0, 0)).toBeNull();
  });
});
