import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { Operation } from "../../../../src/operation/operation.ts";
import type { CallResult } from "../../../../src/transport/call.ts";
import { Credentials } from "../../../../src/transport/limiter/credentials.ts";
import type { Permit } from "../../../../src/transport/limiter/limiter.ts";
import { MemoryLimiter } from "../../../../src/transport/limiter/memory-limiter.ts";

let operation: Operation;
beforeEach(() => {
  jest.useFakeTimers();
  operation = new Operation({ deadlineMs: 60_000 });
});
afterEach(() => {
  operation.close();
  jest.useRealTimers();
});

type Call = { credentialId?: string; effect?: "read" | "write"; workspaceId?: string };

const response = (status: number, retryAfterMs: number | null = null): CallResult => ({
  kind: "response",
  status,
  body: { kind: "empty" },
  retryAfterMs,
});

/** A limiter that learns of every result as it does in the transport. */
function createLimiter() {
  const credentials = new Credentials((holder) => {
    limiter.admit(holder);
  });
  const limiter = new MemoryLimiter({ readsPerSecond: 50, writesPerSecond: 50 }, credentials);
  const acquire = (call: Call) =>
    limiter.acquire({ workspaceId: "w", credentialId: "known", effect: "read", ...call, operation });
  const end = (call: Call, permit: Permit, result: CallResult) => {
    const who = { workspaceId: "w", credentialId: "known", ...call };
    credentials.learn(who, result);
    if (result.kind !== "response") return;
    permit.release();
    if (result.status === 401 || result.status === 403) permit.refund();
    if (result.status === 429 && result.retryAfterMs !== null) limiter.pause(who, result.retryAfterMs);
  };
  return {
    acquire,
    end,
    /** Makes calls that all end at once; how many were made without waiting. */
    call: async (times: number, result: CallResult, call: Call = {}) => {
      let made = 0;
      for (let index = 0; index < times; index++) {
        void acquire(call).then((permit) => {
          if (permit.kind === "notSent") return;
          made++;
          end(call, permit, result);
        });
      }
      await jest.advanceTimersByTimeAsync(0);
      return made;
    },
  };
}

/** A limiter that has seen a good key, a while ago. */
async function knownLimiter() {
  const limiter = createLimiter();
  await limiter.call(1, response(200));
  await jest.advanceTimersByTimeAsync(5000);
  return limiter;
}

describe("a workspace's quota", () => {
  test("counts reads and writes apart", async () => {
    const limiter = await knownLimiter();
    expect(await limiter.call(60, response(200))).toBe(50);
    expect(await limiter.call(60, response(200), { effect: "write" })).toBe(50);
  });

  test("is not another workspace's", async () => {
    const limiter = createLimiter();
    for (const workspaceId of ["a", "b"]) {
      await limiter.call(1, response(200), { workspaceId });
      expect(await limiter.call(60, response(200), { workspaceId })).toBe(49);
    }
  });

  test("is paused as long as a 429 says, and only if it says", async () => {
    const limiter = await knownLimiter();
    await limiter.call(1, response(429, 1500));
    expect(await limiter.call(1, response(200))).toBe(0);
    expect(await limiter.call(1, response(200), { effect: "write" })).toBe(0);
    await jest.advanceTimersByTimeAsync(1500);
    expect(await limiter.call(1, response(200))).toBe(1);
    await limiter.call(1, response(429));
    expect(await limiter.call(1, response(200))).toBe(1);
  });

  test("is not paused for less by a later 429", async () => {
    const limiter = await knownLimiter();
    const late = await limiter.acquire({});
    await limiter.call(1, response(429, 1500));
    if (late.kind === "permit") limiter.end({}, late, response(429));
    expect(await limiter.call(1, response(200))).toBe(0);
  });

  test.each([401, 403])("gets a permit back from a %d", async (status) => {
    const limiter = await knownLimiter();
    await limiter.call(5, response(status), { credentialId: "stranger" });
    expect(await limiter.call(60, response(200))).toBe(50);
  });
});

describe("a caller whose key Bird has not accepted", () => {
  test("has a tenth of the reads, whatever other bad keys it tries", async () => {
    const limiter = await knownLimiter();
    expect(await limiter.call(60, response(401), { credentialId: "bad" })).toBe(5);
    expect(await limiter.call(60, response(401), { credentialId: "worse" })).toBe(0);
    expect(await limiter.call(60, response(200))).toBe(50);
  });

  test("has all of it as soon as Bird accepts the key", async () => {
    const limiter = createLimiter();
    expect(await limiter.call(40, response(404), { credentialId: "new" })).toBe(40);
  });

  test("is a stranger again after a 401", async () => {
    const limiter = await knownLimiter();
    await limiter.call(1, response(401));
    expect(await limiter.call(60, response(503))).toBe(5);
  });

  test.each([403, 429, 503])("is not accepted by a %d", async (status) => {
    const limiter = createLimiter();
    expect(await limiter.call(60, response(status), { credentialId: "new" })).toBe(5);
  });
});
