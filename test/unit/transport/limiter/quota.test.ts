import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { PERMIT_MS } from "../../../../src/transport/limiter/permits.ts";
import type { Permit } from "../../../../src/transport/limiter/limiter.ts";
import { Crowd } from "./crowd.ts";

/** Stands for a status where the call is never written. */
const NOT_WRITTEN = 0;

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
afterEach(() => {
  crowd.close();
});

function next(numbers: Iterator<number>): number {
  const result = numbers.next();
  return result.done === true ? 0 : result.value;
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("a quota", () => {
  test("of 50 gives 50 permits at once, without a promise, and the next ones 1.04 s after their calls were written", async () => {
    const asked = crowd.ask({ calls: 100 });
    expect(asked.permits.length).toBe(50);
    await pass(300);
    for (const permit of asked.permits) permit.release();
    await pass(PERMIT_MS - 1);
    expect(asked.permits.length).toBe(50);
    await pass(1);
    expect(asked.permits.length).toBe(100);
  });

  test("counts reads and writes apart, and workspaces", () => {
    expect(crowd.ask({ calls: 60 }).permits.length).toBe(50);
    expect(crowd.ask({ calls: 600, effect: "write" }).permits.length).toBe(500);
    crowd.accept("known", "v");
    expect(crowd.ask({ calls: 60, workspaceId: "v" }).permits.length).toBe(50);
  });

  test.each([
    ["a call that was not written", 0],
    ["a call answered 401", 401],
  ])("gives the permit of %s to the next who waits, at once", async (_what, status) => {
    const [first] = crowd.ask({ calls: 50 }).permits;
    const waiting = crowd.ask();
    if (status === 0) first?.refund();
    else {
      first?.release();
      first?.answered({ status, retryAfterMs: null });
    }
    await pass(0);
    expect(waiting.permits.length).toBe(1);
  });

  test.each([200, 301, 403, 404, 429, 500])(
    "does not give the permit of a call answered %d back",
    async (status) => {
      const [first] = crowd.ask({ calls: 50 }).permits;
      const waiting = crowd.ask();
      first?.release();
      first?.answered({ status, retryAfterMs: null });
      await pass(PERMIT_MS - 1);
      expect(waiting.permits.length).toBe(0);
    },
  );

  test("finds a free permit while slow calls hold any of the others", async () => {
    const slow = crowd.ask({ calls: 300, effect: "write" });
    await crowd.call({ calls: 200, effect: "write" });
    await pass(PERMIT_MS);
    expect(slow.permits.length).toBe(300);
    expect(crowd.ask({ calls: 200, effect: "write" }).permits.length).toBe(200);
  });

  // A call that Bird denies or that is not written holds a permit and uses none, so the use is not asserted beside those.
  test.each([
    [1, [200, 404, 503], 0.95],
    [50, [200, 404, 503], 0.95],
    [7, [200, 404, 401, NOT_WRITTEN], 0],
    [50, [200, 404, 401, NOT_WRITTEN], 0],
  ])(
    "of %d never lets more calls reach Bird in any second, answered %j, at any latency up to 500 ms, and uses a share of %d",
    async (readsPerSecond, statuses, use) => {
      const seconds = 10;
      const fates = fc.record({
        latencyMs: fc.infiniteStream(fc.nat(500)),
        wayMs: fc.infiniteStream(fc.nat(40)),
        writeMs: fc.infiniteStream(fc.nat(3)),
        status: fc.infiniteStream(fc.constantFrom(...statuses)),
      });
      await fc.assert(
        fc.asyncProperty(fates, async ({ latencyMs, wayMs, writeMs, status }) => {
          const many = new Crowd({ readsPerSecond });
          const arrivals: number[] = [];
          const begin = performance.now();
          const client = async (credentialId: string) => {
            while (performance.now() < begin + seconds * 1000) {
              const operation = many.operation();
              const request = { workspaceId: "w", credentialId, effect: "read" as const, operation };
              const permit = await many.limiter.acquire(request);
              operation.close();
              if (permit.kind === "notSent") await wait(400);
              else arrivals.push(...(await send(permit)));
            }
          };
          /** @returns when the call arrived, if Bird counts it */
          const send = async (permit: Permit): Promise<number[]> => {
            const answer = { status: next(status), retryAfterMs: null };
            await wait(next(writeMs));
            if (!permit.confirm() || answer.status === NOT_WRITTEN) {
              permit.refund();
              return [];
            }
            await wait(next(writeMs));
            permit.release();
            const arrival = performance.now() + next(wayMs);
            await wait(next(latencyMs));
            permit.answered(answer);
            return answer.status === 401 ? [] : [arrival];
          };
          // Some keys are accepted, others denied again, and all of them want more than the quota together.
          for (let number = 0; number < 80; number++) void client(`key ${number % 5}`);
          await pass(seconds * 1000 + 3000);
          arrivals.sort((a, b) => a - b);
          arrivals.forEach((time, index) => {
            const oneTooMany = arrivals[index + readsPerSecond];
            if (oneTooMany !== undefined) expect(oneTooMany - time).toBeGreaterThanOrEqual(1000);
          });
          const inTime = arrivals.filter((time) => time < begin + seconds * 1000).length;
          expect(inTime).toBeGreaterThanOrEqual(use * seconds * readsPerSecond);
          many.close();
        }),
        { numRuns: 5 },
      );
    },
  );
});

describe("a waiting call", () => {
  test("is served in turn by credential: one that floods does not starve another", async () => {
    crowd.accept("inbox");
    crowd.accept("job");
    await crowd.call({ calls: 50, credentialId: "job" });
    for (let operation = 0; operation < 90; operation++) void crowd.call({ credentialId: "job" });
    void crowd.call({ credentialId: "inbox", calls: 2 });
    crowd.served.length = 0;
    await pass(PERMIT_MS);
    expect(crowd.served.slice(0, 4)).toEqual(["job", "inbox", "job", "inbox"]);
  });

  test("is served in turn by operation: one of a hundred calls does not keep out one of one", async () => {
    await crowd.call({ calls: 50 });
    const large = await crowd.call({ calls: 90 });
    const small = await crowd.call({ calls: 1 });
    await pass(PERMIT_MS);
    expect([large.permits.length, small.permits.length]).toEqual([49, 1]);
  });

  test("is rejected when its queue is full and no other has more in it", async () => {
    await crowd.call({ calls: 50 });
    const waiting = await Promise.all(Array.from({ length: 97 }, () => crowd.call()));
    const rejected = waiting.filter((asked) => asked.rejected.length > 0);
    expect(rejected.length).toBe(0);
    const late = await crowd.call();
    expect(late.rejected).toEqual([{ kind: "notSent", reason: "quotaExhausted", retryAfterMs: 2080 }]);
  });

  test("rejects the one that has most in a full queue, and waits itself", async () => {
    crowd.accept("inbox");
    await crowd.call({ calls: 50 });
    const flood = await Promise.all(Array.from({ length: 120 }, () => crowd.call()));
    const many = await Promise.all(Array.from({ length: 20 }, () => crowd.call({ credentialId: "inbox" })));
    expect(many.flatMap(({ rejected }) => rejected)).toEqual([]);
    await pass(PERMIT_MS);
    expect(many.flatMap(({ permits }) => permits).length).toBe(20);
    expect(flood.flatMap(({ rejected }) => rejected).length).toBeGreaterThanOrEqual(20);
  });

  test("is rejected after 2 s, and told when to come again", async () => {
    crowd.ask({ calls: 50 });
    const asked = crowd.ask();
    await pass(1999);
    expect(asked.rejected).toEqual([]);
    await pass(1);
    expect(asked.rejected).toEqual([{ kind: "notSent", reason: "quotaExhausted", retryAfterMs: PERMIT_MS }]);
  });

  test.each(["left", "expired"] as const)("has no turn any more when its operation has %s", async (end) => {
    const held = crowd.ask({ calls: 50 });
    const operation = crowd.operation(1500);
    const asked = crowd.ask({ operation });
    if (end === "left") operation.leave();
    await pass(1500);
    expect(asked.rejected).toEqual([{ kind: "notSent", reason: end, retryAfterMs: null }]);
    held.permits[0]?.refund();
    expect(crowd.ask().permits.length).toBe(1);
  });
});

describe("an operation", () => {
  test.each([100, 200, 400])(
    "of %d calls is served whole on an idle workspace within its 10 s",
    async (calls) => {
      const asked = await crowd.call({ calls });
      await pass(10_000);
      expect(asked.rejected).toEqual([]);
      expect(asked.permits.length).toBe(calls);
    },
  );

  test("is rejected at once what the quota cannot give within its time", async () => {
    const asked = await crowd.call({ calls: 600 });
    expect(asked.permits.length).toBe(50);
    expect(asked.rejected.length).toBe(600 - 10 * 50);
    await pass(10_000);
    expect(asked.permits.length).toBe(500);
    expect(asked.rejected.length).toBe(100);
  });

  test("of 200 calls takes no permit from a caller with one call, nor that caller from it", async () => {
    const large = await crowd.call({ calls: 200 });
    const small = await crowd.call();
    await pass(10_000);
    expect([large.rejected, small.rejected]).toEqual([[], []]);
  });
});

describe("strangers", () => {
  test("have what accepted keys leave", async () => {
    await crowd.call({ calls: 30 });
    const asked = await crowd.call({ calls: 60, credentialId: "new", answer: null });
    await pass(0);
    expect(asked.permits.length).toBe(20);
  });

  test("lose the permits beyond a tenth to accepted keys as long as their calls have no connection", () => {
    const waiting = crowd.ask({ calls: 60, credentialId: "new" });
    expect(waiting.permits.length).toBe(50);
    const connected = waiting.permits.slice(0, 8).filter((permit) => permit.confirm());
    expect(connected.length).toBe(8);
    expect(crowd.ask({ calls: 60 }).permits.length).toBe(42);
    expect(waiting.permits.slice(8).filter((permit) => permit.confirm()).length).toBe(0);
  });

  test("keep a tenth without a connection for no longer than their calls would count", async () => {
    const waiting = crowd.ask({ calls: 50, credentialId: "new" });
    const known = crowd.ask({ calls: 60 });
    expect(known.permits.length).toBe(45);
    await pass(PERMIT_MS - 1);
    expect(known.permits.length).toBe(45);
    await pass(1);
    expect(known.permits.length).toBe(50);
    expect(waiting.permits.filter((permit) => permit.confirm()).length).toBe(0);
  });

  test("wait behind accepted keys, but for a tenth of the permits", async () => {
    await crowd.call({ calls: 50 });
    void crowd.call({ calls: 60, credentialId: "new", answer: null });
    void crowd.call({ calls: 60 });
    crowd.served.length = 0;
    await pass(PERMIT_MS);
    expect(crowd.served.filter((credential) => credential === "new").length).toBe(5);
    expect(crowd.served.length).toBe(50);
  });

  test.each([1, 15, 50])(
    "have every tenth permit of a quota of %d where accepted keys want all",
    async (readsPerSecond) => {
      const wanting = new Crowd({ readsPerSecond });
      wanting.accept("known");
      await wanting.call({ calls: readsPerSecond });
      const { served } = wanting;
      served.length = 0;
      const flood = async (credentialId: string, status: number) => {
        const { operation, rejected } = await wanting.call({ credentialId, answer: { status } });
        await wait(1 + 500 * rejected.length);
        operation.close();
        if (served.length < 200) void flood(credentialId, status);
      };
      for (let index = 0; index < Math.min(60, 6 * readsPerSecond); index++) {
        void flood("known", 200);
        void flood("new", 404);
      }
      while (served.length < 200) await pass(1000);
      const strangers = served.slice(0, 200).filter((credential) => credential === "new").length;
      expect(strangers).toBeGreaterThanOrEqual(18);
      expect(strangers).toBeLessThanOrEqual(22);
      wanting.close();
    },
  );

  test.each([1, 4])(
    "that ask once a second have every tenth permit of a quota of %d, however small, beside a key that floods",
    async (readsPerSecond) => {
      const wanting = new Crowd({ readsPerSecond });
      wanting.accept("known");
      const { served } = wanting;
      let isOver = false;
      const repeat = async (credentialId: string, status: number, ms: number) => {
        while (!isOver) {
          const { operation } = await wanting.call({ credentialId, answer: { status } });
          await wait(ms);
          operation.close();
        }
      };
      void repeat("known", 200, 20);
      void repeat("new", 404, 1000);
      await pass(10_000);
      served.length = 0;
      await pass(60_000);
      const strangers = served.filter((credential) => credential === "new").length;
      expect(strangers).toBeGreaterThanOrEqual(Math.floor(served.length / 10));
      isOver = true;
      await pass(1000);
      wanting.close();
    },
  );

  test.each([1, 2, 5])(
    "leave accepted keys nine tenths of a quota of %d where each of them is answered 401 after 300 ms",
    async (readsPerSecond) => {
      const wanting = new Crowd({ readsPerSecond });
      wanting.accept("known");
      const seconds = 20;
      let isOver = false;
      const written = { known: 0, junk: 0 };
      const client = async (credentialId: string, status: number, caller: keyof typeof written) => {
        while (!isOver) {
          const operation = wanting.operation();
          const request = { workspaceId: "w", credentialId, effect: "read" as const, operation };
          const permit = await wanting.limiter.acquire(request);
          operation.close();
          if (permit.kind === "permit" && permit.confirm()) {
            permit.release();
            written[caller] += 1;
            await wait(300);
            permit.answered({ status, retryAfterMs: null });
          } else await wait(1000);
        }
      };
      for (let index = 0; index < 60; index++) void client(`junk ${index}`, 401, "junk");
      for (let index = 0; index < readsPerSecond; index++) void client("known", 200, "known");
      await pass(seconds * 1000);
      isOver = true;
      // 0.9, with an allowance for the calls that the end of the time cuts off.
      const share = (written.known * PERMIT_MS) / (seconds * 1000 * readsPerSecond);
      expect(share).toBeGreaterThanOrEqual(0.85);
      expect(written.junk).toBeGreaterThan(0);
      await pass(5000);
      wanting.close();
    },
  );

  test("are served in turn by credential", async () => {
    await crowd.call({ calls: 50 });
    void crowd.call({ calls: 4, credentialId: "junk", answer: null });
    void crowd.call({ calls: 1, credentialId: "new", answer: null });
    void crowd.call({ calls: 60 });
    crowd.served.length = 0;
    await pass(PERMIT_MS);
    const strangers = crowd.served.filter((credential) => credential !== "known");
    expect(strangers.slice(0, 3)).toEqual(["junk", "new", "junk"]);
  });

  test("are accepted with all their waiting calls", async () => {
    const first = crowd.ask({ credentialId: "new" });
    await crowd.call({ calls: 49 });
    void crowd.call({ calls: 20, credentialId: "new" });
    void crowd.call({ calls: 60 });
    first.permits[0]?.release();
    first.permits[0]?.answered({ status: 200, retryAfterMs: null });
    crowd.served.length = 0;
    await pass(PERMIT_MS);
    expect(crowd.served.filter((credential) => credential === "new").length).toBe(20);
  });

  test("that were accepted before have one turn among the others when they are accepted again", async () => {
    crowd.accept("flapping");
    const [denied, answered] = crowd.ask({ calls: 2, credentialId: "flapping" }).permits;
    await crowd.call({ calls: 48 });
    void crowd.call({ calls: 10, credentialId: "flapping" });
    denied?.answered({ status: 401, retryAfterMs: null });
    void crowd.call({ calls: 10, credentialId: "flapping" });
    answered?.answered({ status: 200, retryAfterMs: null });
    void crowd.call({ calls: 20 });
    await pass(0);
    crowd.served.length = 0;
    await pass(PERMIT_MS);
    const flapping = crowd.served.slice(0, 20).filter((credential) => credential === "flapping");
    expect(flapping.length).toBe(10);
  });
});
