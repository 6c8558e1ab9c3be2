import { describe, expect, test } from "@jest/globals";
import { MAX_UNPROBED_MS, Pause } from "../../../../src/transport/limiter/pause.ts";

/** How many calls go until a time, if one goes whenever it may; a clock of whole milliseconds. */
function callsUntil(pause: Pause, from: number, to: number): number {
  let calls = 0;
  for (let now = from; now < to; now++) {
    while (calls < 1000 && pause.waitMs(now) === 0) {
      calls++;
      pause.take(now);
    }
  }
  return calls;
}

describe("a pause", () => {
  test("lets no call go until its end", () => {
    const pause = new Pause(50);
    pause.begin(1000, 0, false);
    expect(callsUntil(pause, 0, 1000)).toBe(0);
    expect(pause.waitMs(400)).toBe(600);
  });

  test("ends with one call, after which the rate grows evenly to the full one", () => {
    const pause = new Pause(50);
    pause.begin(1000, 0, false);
    expect(callsUntil(pause, 1000, 1001)).toBe(1);
    expect(callsUntil(pause, 1001, 2000)).toBeLessThanOrEqual(13);
    expect(callsUntil(pause, 2000, 3000)).toBeLessThanOrEqual(38);
    expect(pause.isOver(3000)).toBe(true);
    expect(callsUntil(pause, 3000, 3001)).toBe(1000);
  });

  test("is not shortened by a later 429", () => {
    const pause = new Pause(50);
    pause.begin(5000, 0, false);
    pause.begin(1000, 0, false);
    expect(pause.waitMs(0)).toBe(5000);
  });

  test("is tried with one call after 60 s, and every 60 s", () => {
    const pause = new Pause(50);
    pause.begin(86_400_000, 0, false);
    expect(pause.waitMs(0)).toBe(MAX_UNPROBED_MS);
    expect(callsUntil(pause, 0, MAX_UNPROBED_MS + 30_000)).toBe(1);
    expect(pause.waitMs(MAX_UNPROBED_MS + 30_000)).toBe(30_000);
  });

  test("is over when the call that tried was answered, and then calls return gradually", () => {
    const pause = new Pause(50);
    pause.begin(86_400_000, 0, false);
    expect(pause.take(60_000)).toBe(true);
    pause.end(60_100);
    expect(callsUntil(pause, 60_100, 60_400)).toBeLessThanOrEqual(3);
    expect(pause.take(60_500)).toBe(false);
  });

  test("is what the 429 to the call that tried says, also where that is shorter", () => {
    const pause = new Pause(50);
    pause.begin(86_400_000, 0, false);
    pause.take(60_000);
    pause.begin(2000, 60_000, true);
    expect(pause.waitMs(60_000)).toBe(2000);
  });

  test("is tried again at once when the call that tried was not sent", () => {
    const pause = new Pause(50);
    pause.begin(86_400_000, 0, false);
    pause.take(60_000);
    pause.probeAgain(60_005);
    expect(pause.waitMs(60_005)).toBe(0);
  });
});
