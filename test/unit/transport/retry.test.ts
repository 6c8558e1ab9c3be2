import { describe, expect, test } from "@jest/globals";
import { notSent, type CallResult, type NoResponse, type Response } from "../../../src/transport/call.ts";
import { retryDelayMs } from "../../../src/transport/retry.ts";

const response = (status: number, rest: Partial<Response> = {}): CallResult => ({
  kind: "response",
  status,
  body: { kind: "empty" },
  retryAfterMs: null,
  ...rest,
});
const lost = (reason: NoResponse["reason"], sent = true): CallResult => ({
  kind: "noResponse",
  reason,
  sent,
  cause: null,
  staleConnection: false,
});

/** Whether there is a second attempt, with plenty of time. */
const isRetried = (effect: "read" | "write", result: CallResult) =>
  retryDelayMs({ effect }, result, { attempts: 1, remainingMs: 10_000, random: 0.5 }) !== null;

/** The wait before the next attempt of a read, in milliseconds. */
const delayMs = (result: CallResult, attempts: number, remainingMs: number, random: number) =>
  retryDelayMs({ effect: "read" }, result, { attempts, remainingMs, random });

describe("a second attempt", () => {
  test.each<[string, CallResult, boolean, boolean]>([
    ["200", response(200), false, false],
    ["400", response(400), false, false],
    ["401", response(401), false, false],
    ["403", response(403), false, false],
    ["404", response(404), false, false],
    ["409", response(409), false, false],
    ["422", response(422), false, false],
    ["429", response(429), true, true],
    ["408", response(408), true, false],
    ["421", response(421), true, false],
    ["425", response(425), true, false],
    ["500", response(500), true, false],
    ["501", response(501), false, false],
    ["502", response(502), true, false],
    ["503", response(503), true, false],
    ["504", response(504), true, false],
    ["505", response(505), false, false],
    ["511", response(511), false, false],
    ["302", response(302), false, false],
    ["an unreadable 200", response(200, { body: { kind: "unreadable" } }), false, false],
    [
      "a 200 whose body broke off",
      response(200, { body: { kind: "lost", reason: "unavailable" } }),
      true,
      false,
    ],
    [
      "a 200 whose body did not come in time",
      response(200, { body: { kind: "lost", reason: "timeout" } }),
      true,
      false,
    ],
    [
      "a 401 whose body broke off",
      response(401, { body: { kind: "lost", reason: "unavailable" } }),
      false,
      false,
    ],
    [
      "a 403 whose body did not come in time",
      response(403, { body: { kind: "lost", reason: "timeout" } }),
      false,
      false,
    ],
    ["a 200 whose caller has left", response(200, { body: { kind: "lost", reason: "left" } }), false, false],
    ["a refused connection", lost("unavailable", false), true, true],
    ["a connection that was not made in time", lost("timeout", false), true, true],
    ["a reset after sending", lost("unavailable"), true, false],
    ["a timeout after sending", lost("timeout"), true, false],
    ["a caller who has left", lost("left", false), false, false],
    ["an operation that has expired", lost("expired"), false, false],
    ["an open circuit", notSent("circuitOpen"), false, false],
  ])("after %s", (_what, result, ofRead, ofUpdate) => {
    expect([isRetried("read", result), isRetried("write", result)]).toEqual([ofRead, ofUpdate]);
  });

  test("is the last but one of a read, and the last of an update", () => {
    expect(delayMs(response(503), 2, 10_000, 0)).not.toBeNull();
    expect(delayMs(response(503), 3, 10_000, 0)).toBeNull();
    expect(
      retryDelayMs({ effect: "write" }, response(429), { attempts: 1, remainingMs: 10_000, random: 0 }),
    ).not.toBeNull();
    expect(
      retryDelayMs({ effect: "write" }, response(429), { attempts: 2, remainingMs: 10_000, random: 0 }),
    ).toBeNull();
  });
});

describe("a read that has a fallback", () => {
  const request = { effect: "read", retriesTimeouts: false } as const;
  const facts = { attempts: 1, remainingMs: 10_000, random: 0 };

  test.each<[string, CallResult]>([
    ["a time-out", lost("timeout")],
    ["a body that did not come in time", response(200, { body: { kind: "lost", reason: "timeout" } })],
  ])("is not tried again after %s", (_what, result) => {
    expect(retryDelayMs(request, result, facts)).toBeNull();
    expect(retryDelayMs({ effect: "read" }, result, facts)).not.toBeNull();
  });

  test("is tried again after anything else", () => {
    expect(retryDelayMs(request, response(503), facts)).not.toBeNull();
    expect(retryDelayMs(request, lost("unavailable"), facts)).not.toBeNull();
  });
});

describe("the wait before a retry", () => {
  test("is random up to 100 ms, then up to 200 ms", () => {
    expect(delayMs(response(503), 1, 10_000, 0)).toBe(0);
    expect(delayMs(response(503), 1, 10_000, 1)).toBe(100);
    expect(delayMs(response(503), 2, 10_000, 1)).toBe(200);
  });

  test("is what Bird asks for, where the deadline leaves time for it", () => {
    expect(delayMs(response(429, { retryAfterMs: 5000 }), 1, 5001, 0)).toBe(5000);
    expect(delayMs(response(429, { retryAfterMs: 5000 }), 1, 5000, 0)).toBeNull();
    expect(delayMs(response(503, { retryAfterMs: 0 }), 1, 5000, 1)).toBe(0);
  });

  test("is never longer than the deadline", () => {
    expect(delayMs(response(503), 1, 50, 1)).toBeNull();
    expect(delayMs(response(503), 1, 0, 0)).toBeNull();
  });
});
