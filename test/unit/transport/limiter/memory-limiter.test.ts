import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Permit } from "../../../../src/transport/limiter/limiter.ts";
import { Crowd } from "./crowd.ts";

let crowd: Crowd;
// One clock for all tests: timers.ts is armed for the whole process.
beforeAll(() => {
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});
beforeEach(() => {
  crowd = new Crowd();
  crowd.accept("known");
});
afterEach(async () => {
  crowd.close();
  await pass(10_000);
});

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

function write(permit: Permit | undefined, status: number, retryAfterMs: number | null = null): void {
  permit?.release();
  permit?.answered({ status, retryAfterMs });
}

describe("a 429 to an accepted key", () => {
  test("makes one call a probe after 60 s, and none before", async () => {
    const [before] = (await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } })).permits;
    await pass(60_000);
    expect([before, ...crowd.ask().permits]).toMatchObject([{ isProbe: false }, { isProbe: true }]);
  });

  test.each([
    ["without Retry-After rests the workspace for a second", null, 1000],
    ["with Retry-After rests it as long as that says", 1500, 1500],
  ])("%s", async (_what, retryAfterMs, ms) => {
    await crowd.call({ answer: { status: 429, retryAfterMs } });
    const reading = await crowd.call();
    const writing = await crowd.call({ effect: "write" });
    await pass(ms - 1);
    expect([reading.permits.length, writing.permits.length]).toEqual([0, 0]);
    await pass(1);
    expect([reading.permits.length, writing.permits.length]).toEqual([1, 1]);
  });

  test("lets calls return gradually: one at first, and a quarter of the quota in the first second", async () => {
    await crowd.call({ answer: { status: 429 } });
    await pass(999);
    const asked = await crowd.call({ calls: 50, operation: crowd.operation(60_000) });
    await pass(1);
    expect(asked.permits.length).toBe(1);
    await pass(999);
    expect(asked.permits.length).toBeGreaterThan(8);
    expect(asked.permits.length).toBeLessThanOrEqual(13);
    await pass(1000);
    expect(asked.permits.length).toBeGreaterThan(40);
  });

  test("with a longer wait than any operation has rejects all calls at once, with the time to the next try", async () => {
    const waiting = crowd.ask({ calls: 60 });
    write(waiting.permits[0], 429, 3_600_000);
    await pass(0);
    expect(waiting.rejected.length).toBe(10);
    expect(waiting.rejected[0]).toEqual({ kind: "notSent", reason: "quotaExhausted", retryAfterMs: 60_000 });
    await pass(20_000);
    expect(crowd.ask().rejected).toEqual([
      { kind: "notSent", reason: "quotaExhausted", retryAfterMs: 40_000 },
    ]);
  });

  test("is tried again with one call after 60 s, whose success ends the pause", async () => {
    await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
    await pass(60_000);
    const tried = crowd.ask({ calls: 10 });
    expect([tried.permits.length, tried.rejected.length]).toEqual([1, 9]);
    write(tried.permits[0], 404);
    const returning = await crowd.call({ calls: 20 });
    await pass(2000);
    expect(returning.permits.length).toBe(20);
  });

  test("makes the permits lapse whose calls are not written, until calls may be sent at the full rate", async () => {
    const [first, ...held] = crowd.ask({ calls: 20 }).permits;
    const [writing] = crowd.ask({ effect: "write" }).permits;
    const [elsewhere] = crowd.ask({ workspaceId: "v" }).permits;
    const lapsed = () => held.filter((permit) => !permit.confirm()).length;
    expect(lapsed()).toBe(0);
    write(first, 429);
    expect([lapsed(), writing?.confirm(), elsewhere?.confirm()]).toEqual([19, false, true]);
    await pass(2999);
    expect(lapsed()).toBe(19);
    await pass(1);
    expect(lapsed()).toBe(0);
  });

  test("does not make the permit of the probe lapse", async () => {
    await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
    await pass(60_000);
    expect(crowd.ask().permits.map((permit) => permit.confirm())).toEqual([true]);
  });

  test("to the probe pauses all other calls for another 60 s at most", async () => {
    await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
    await pass(60_000);
    await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
    expect(crowd.ask().rejected).toEqual([
      { kind: "notSent", reason: "quotaExhausted", retryAfterMs: 60_000 },
    ]);
  });

  test("is tried by another call where the one that should try was not sent", async () => {
    await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
    await pass(60_000);
    crowd.ask().permits[0]?.refund();
    expect(crowd.ask().permits.length).toBe(1);
  });

  test("does not shorten a pause that began before", async () => {
    const [late] = crowd.ask().permits;
    await crowd.call({ answer: { status: 429, retryAfterMs: 1500 } });
    write(late, 429);
    const asked = await crowd.call();
    await pass(1499);
    expect(asked.permits.length).toBe(0);
  });
});

describe("Bird's answer to a stranger", () => {
  test.each([301, 304, 400, 401, 403, 404, 409, 422, 429, 500, 503])(
    "%d does not accept its key",
    async (status) => {
      await crowd.call({ credentialId: "new", answer: { status } });
      expect(crowd.credentials.isAccepted({ workspaceId: "w", credentialId: "new" })).toBe(false);
    },
  );

  test.each([200, 204, 299])("%d accepts its key, in that workspace only", async (status) => {
    await crowd.call({ credentialId: "new", answer: { status } });
    expect(crowd.credentials.isAccepted({ workspaceId: "w", credentialId: "new" })).toBe(true);
    expect(crowd.credentials.isAccepted({ workspaceId: "v", credentialId: "new" })).toBe(false);
  });

  test("with 401 makes an accepted key a stranger again", async () => {
    await crowd.call({ answer: { status: 401 } });
    expect(crowd.credentials.isAccepted({ workspaceId: "w", credentialId: "known" })).toBe(false);
  });

  test("never makes the gateway's own keys strangers", async () => {
    const held = new Crowd({ areHeld: true });
    await held.call({ credentialId: "own", answer: { status: 401 } });
    expect(held.credentials.isAccepted({ workspaceId: "w", credentialId: "own" })).toBe(true);
    held.close();
  });

  test("with 429 rests its key, and neither the workspace nor other strangers", async () => {
    await crowd.call({ credentialId: "new", answer: { status: 429, retryAfterMs: 86_400_000 } });
    const resting = crowd.ask({ credentialId: "new" });
    await pass(0);
    expect(resting.rejected).toEqual([
      { kind: "notSent", reason: "credentialResting", retryAfterMs: 60_000 },
    ]);
    expect(crowd.ask({ credentialId: "other" }).permits.length).toBe(1);
    expect(crowd.ask({ credentialId: "known" }).permits.length).toBe(1);
    expect(crowd.ask({ credentialId: "new", workspaceId: "v" }).permits.length).toBe(1);
  });

  test("with 429 and no more rests its key for a second, after which its calls return gradually", async () => {
    await crowd.call({ credentialId: "new", answer: { status: 429 } });
    const waiting = await crowd.call({ calls: 5, credentialId: "new", answer: { status: 404 } });
    await pass(999);
    expect(waiting.permits.length).toBe(0);
    await pass(1);
    expect(waiting.permits.length).toBe(1);
    await pass(600);
    expect(waiting.permits.length).toBe(5);
  });

  test("with 429 also holds those of its calls that wait for a permit already", async () => {
    const [first] = crowd.ask({ credentialId: "new" }).permits;
    crowd.ask({ calls: 49 });
    const waiting = crowd.ask({ credentialId: "new", calls: 3 });
    write(first, 429, 86_400_000);
    await pass(2000);
    expect([waiting.permits.length, waiting.rejected.length]).toEqual([0, 3]);
  });

  test("with 429 makes its own permits lapse", () => {
    const [first, ...held] = crowd.ask({ credentialId: "new", calls: 3 }).permits;
    const others = [...crowd.ask({ credentialId: "other" }).permits, ...crowd.ask().permits];
    write(first, 429);
    expect(held.map((permit) => permit.confirm())).toEqual([false, false]);
    expect(others.map((permit) => permit.confirm())).toEqual([true, true]);
  });

  test("with 429 is tried again with one call after 60 s", async () => {
    await crowd.call({ credentialId: "new", answer: { status: 429, retryAfterMs: 86_400_000 } });
    await pass(60_000);
    const tried = crowd.ask({ calls: 5, credentialId: "new" });
    await pass(0);
    expect([tried.permits.length, tried.rejected.length]).toEqual([1, 4]);
    write(tried.permits[0], 404);
    const returning = await crowd.call({ credentialId: "new" });
    await pass(0);
    expect(returning.permits.length).toBe(1);
  });

  test("ends no pause of the workspace, and takes no tenant's try", async () => {
    await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
    await pass(60_000);
    await crowd.call({ credentialId: "new", answer: { status: 404 } });
    const tried = crowd.ask({ calls: 2 });
    expect([tried.permits.length, tried.rejected.length]).toEqual([1, 1]);
  });
});

describe("ten 401 of one credential in a row", () => {
  test("make its other permits lapse", async () => {
    const permits = crowd.ask({ calls: 12, credentialId: "junk" }).permits;
    permits.slice(0, 10).forEach((permit) => {
      write(permit, 401);
    });
    expect(permits.slice(10).map((permit) => permit.confirm())).toEqual([false, false]);
    await pass(1000);
    expect(permits.slice(10).map((permit) => permit.confirm())).toEqual([true, true]);
  });

  test("rest it there for a second: nothing is sent", async () => {
    await crowd.call({ calls: 10, credentialId: "junk", answer: { status: 401 } });
    expect(crowd.ask({ credentialId: "junk" }).rejected).toEqual([
      { kind: "notSent", reason: "credentialResting", retryAfterMs: 1000 },
    ]);
    expect(crowd.ask({ credentialId: "junk", workspaceId: "v" }).permits.length).toBe(1);
    expect((await crowd.call({ calls: 50 })).permits.length).toBe(50);
    await pass(3000);
    expect(crowd.ask({ credentialId: "junk" }).permits.length).toBe(1);
  });

  test("are not in a row when another answer comes between", async () => {
    await crowd.call({ calls: 9, credentialId: "junk", answer: { status: 401 } });
    await crowd.call({ calls: 1, credentialId: "junk", answer: { status: 403 } });
    await crowd.call({ calls: 9, credentialId: "junk", answer: { status: 401 } });
    expect(crowd.ask({ credentialId: "junk" }).permits.length).toBe(1);
  });
});

test("a workspace's pause outlives 20,000 strangers in as many workspaces", async () => {
  await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
  for (let index = 0; index < 20_000; index++) {
    const [permit] = crowd.ask({ workspaceId: `v${index}`, credentialId: "junk" }).permits;
    write(permit, 429);
  }
  await pass(10_000);
  expect(crowd.ask().rejected.length).toBe(1);
  expect(crowd.credentials.isAccepted({ workspaceId: "w", credentialId: "known" })).toBe(true);
});

test("a key that is in use stays accepted, however many others Bird accepts", () => {
  const known = { workspaceId: "w", credentialId: "known" };
  for (let index = 0; index < 110_000; index++) {
    crowd.accept(`key ${index}`);
    if (index % 1000 === 0) expect(crowd.credentials.isAccepted(known)).toBe(true);
  }
});

test("a quota that is not used is dropped within a second, and one that is in use is not", async () => {
  for (let index = 0; index < 1000; index++)
    await crowd.call({ workspaceId: `v${index}`, credentialId: "junk" });
  await crowd.call({ answer: { status: 429, retryAfterMs: 86_400_000 } });
  const held = crowd.ask({ workspaceId: "held" });
  expect(crowd.limiter.size).toBe(1002);
  await pass(2100);
  expect(crowd.limiter.size).toBe(2);
  held.permits[0]?.refund();
});

test("a good new key is served within a second beside 200 junk keys a second, each answered 401 after 100 ms", async () => {
  let junk = 0;
  const answerLater = (permit: Permit) => {
    permit.release();
    setTimeout(() => {
      permit.answered({ status: 401, retryAfterMs: null });
    }, 100);
  };
  const sendJunk = () => {
    const asked = crowd.ask({ credentialId: `junk ${junk++}` });
    asked.permits.forEach(answerLater);
    asked.onPermit = answerLater;
  };
  const timer = setInterval(sendJunk, 5);
  await pass(3000);
  await crowd.call({ calls: 20 });
  const fresh = await crowd.call({ credentialId: "good" });
  await pass(1000);
  expect(fresh.permits.length).toBe(1);
  clearInterval(timer);
});
