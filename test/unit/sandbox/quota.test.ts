// The rate limit: a sliding second per workspace, reads and writes apart.
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { SlidingWindow } from "../../../src/sandbox/quota.ts";
import { startSandbox, type SandboxConversation } from "../../../src/sandbox/sandbox.ts";
import { body, call, john, patch, pendingJohn } from "./call.ts";

describe("a sliding window", () => {
  test("accepts the limit, and again when the first is a second old", () => {
    let time = 0;
    const window = new SlidingWindow(2, () => time);
    const admitAt = (at: number) => {
      time = at;
      return window.admit();
    };
    expect([0, 600, 700, 999.9].map(admitAt)).toStrictEqual([true, true, false, false]);
    expect([1000, 1001, 1599, 1600].map(admitAt)).toStrictEqual([true, false, false, true]);
  });

  test("never accepts more than the limit in any 1000 ms, however the calls fall", () => {
    let time = 0;
    const window = new SlidingWindow(50, () => time);
    const accepted: number[] = [];
    // Bursts of changing density, from a fixed sequence.
    for (let call = 0; call < 20_000; call++) {
      time += ((call * 7919) % 101) / (call % 1000 < 500 ? 10 : 4);
      if (window.admit()) accepted.push(time);
    }
    const spans = accepted.slice(50).map((at, index) => at - (accepted[index] ?? NaN));
    expect(spans.length).toBeGreaterThan(1000);
    expect(Math.min(...spans)).toBeGreaterThanOrEqual(1000);
  });

  test("costs a rejected call nothing", () => {
    let time = 0;
    const window = new SlidingWindow(1, () => time);
    window.admit();
    for (time = 100; time < 1000; time += 100) expect(window.admit()).toBe(false);
    expect(window.admit()).toBe(true);
  });

  test("of Infinity accepts everything", () => {
    const window = new SlidingWindow(Infinity, () => 0);
    expect(Array.from({ length: 10_000 }, () => window.admit()).every(Boolean)).toBe(true);
  });

  test.each([0, -1, 1.5, NaN])("cannot have the limit %d", (limit) => {
    expect(() => new SlidingWindow(limit)).toThrow(RangeError);
  });
});

describe("the quota of a sandbox", () => {
  let clock: { mockReturnValue(time: number): unknown };
  beforeEach(() => {
    clock = jest.spyOn(performance, "now").mockReturnValue(5000);
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test("answers 429 to the 51st read of a second, and still takes writes", async () => {
    const sandbox = await startSandbox();
    const reads = await Promise.all(Array.from({ length: 60 }, () => call(sandbox, john)));
    expect(reads.filter(({ status }) => status === 200)).toHaveLength(50);
    const [rejected] = reads.filter(({ status }) => status === 429);
    if (rejected === undefined) throw new Error("No call was rejected.");
    expect(body(rejected)).toStrictEqual({ code: "TooManyRequests", message: expect.any(String) });
    expect(rejected.headers).not.toHaveProperty("retry-after");
    expect((await patch(sandbox, pendingJohn, { status: "active" })).status).toBe(200);
    await sandbox.close();
  });

  test("accepts again a second later", async () => {
    const sandbox = await startSandbox({ readsPerSecond: 1 });
    expect((await call(sandbox, john)).status).toBe(200);
    clock.mockReturnValue(5999);
    expect((await call(sandbox, john)).status).toBe(429);
    clock.mockReturnValue(6000);
    expect((await call(sandbox, john)).status).toBe(200);
    await sandbox.close();
  });

  test("does not process a write beyond it", async () => {
    const sandbox = await startSandbox({ writesPerSecond: 1 });
    await patch(sandbox, pendingJohn, { status: "invited" });
    expect((await patch(sandbox, pendingJohn, { status: "active" })).status).toBe(429);
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "invited" });
    await sandbox.close();
  });

  test("is each workspace's own", async () => {
    const workspaceId = "3231308c-758c-45b0-85d1-a99cbb48ba61";
    const conversation: SandboxConversation = {
      workspaceId,
      conversationId: "9e1d42bc-8a4c-4f5c-90e5-2a2bd7f9ef05",
      participants: [{ id: "one", type: "contact" }],
    };
    const sandbox = await startSandbox({ readsPerSecond: 1, conversations: [conversation] });
    const other = `/workspaces/${workspaceId}/conversations/${conversation.conversationId}/participants/one`;
    const statuses = [];
    for (const path of [john, john, other, other.replace(workspaceId, workspaceId.toUpperCase())]) {
      statuses.push((await call(sandbox, path)).status);
    }
    expect(statuses).toStrictEqual([200, 429, 200, 429]);
    await sandbox.close();
  });

  test("is looked at after the key and the permission, and before the participant", async () => {
    const sandbox = await startSandbox({ readsPerSecond: 1, writesPerSecond: 1 });
    await call(sandbox, john, { key: null });
    await patch(sandbox, john, {}, { key: "sandbox-readonly" });
    expect((await call(sandbox, `${john}x`)).status).toBe(404);
    expect((await call(sandbox, `${john}x`)).status).toBe(429);
    expect((await patch(sandbox, john, {})).status).toBe(422);
    expect((await patch(sandbox, john, {})).status).toBe(429);
    await sandbox.close();
  });
});
