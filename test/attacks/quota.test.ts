// The quota of a workspace: it is never exceeded, and no caller takes it from the others.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { allowedSince, nowMs } from "../support/counting-bird.ts";
import { until } from "../support/until.ts";
import { callsOf, QUOTA, served, startTenancy, type Tenancy } from "./tenancy.ts";

let tenancy: Tenancy;
beforeAll(async () => {
  tenancy = await startTenancy([], { BIRD_WRITES_PER_SECOND: "20" });
});
afterAll(() => tenancy.close());
beforeEach(() => tenancy.moveOn("inbox", "job"));

describe("one key that floods its workspace", () => {
  test("lets another key have every second call", async () => {
    const flood = tenancy.reads(60, "job");
    await tenancy.read("inbox");
    const inbox = await tenancy.reads(6, "inbox");
    await flood;
    expect(served(inbox)).toBe(6);
    const order = (await tenancy.calls()).map(({ key }) => key);
    const turns = order.flatMap((key, index) => (key === "inbox" ? [index] : []));
    // The first one may arrive while the flood holds all permits. From then on the two take turns: six turns are within
    // two seconds of permits, and the calls of one second may arrive in any order.
    expect((turns.at(-1) ?? 0) - (turns[1] ?? 0)).toBeLessThan(2 * QUOTA);
  });

  test("gets RateLimitedError with retryAfterSeconds", async () => {
    const flood = tenancy.reads(70, "job");
    expect(served(await tenancy.reads(6, "inbox"))).toBe(6);
    const rejected = (await flood).filter(({ __typename }) => __typename === "RateLimitedError");
    expect(rejected.length).toBeGreaterThan(10);
    for (const { code, retryAfterSeconds } of rejected) {
      expect(code).toBe("BudgetExhausted");
      expect(retryAfterSeconds).toBeGreaterThan(0);
    }
  });
});

describe("a workspace's calls", () => {
  test("keep to the quota for every answer of Bird and any number of callers", async () => {
    await tenancy.bird.setRules([
      { key: "job", status: 404, latencyMs: [0, 500] },
      { key: "foreign", status: 403 },
    ]);
    const beginMs = nowMs();
    await Promise.all([tenancy.reads(30, "job"), tenancy.reads(30, "foreign")]);
    const calls = await tenancy.calls();
    expect(calls.length).toBeGreaterThan(QUOTA);
    expect(calls.length).toBeLessThanOrEqual(allowedSince(beginMs, calls, QUOTA));
  });

  test("get every free permit while slow calls hold others", async () => {
    await tenancy.bird.setRules([{ key: "slow", status: 0, method: "PATCH" }]);
    await tenancy.accept(["slow"]);
    const updatesOf = async (key: string) =>
      callsOf(
        (await tenancy.calls()).filter(({ method }) => method === "PATCH"),
        key,
      );
    const slow = Array.from({ length: 12 }, () => tenancy.update("slow"));
    await until(async () => (await updatesOf("slow")) === 12, "the slow calls hold their permits");
    const quick = await Promise.all(Array.from({ length: 8 }, () => tenancy.update("job")));
    expect(served(quick)).toBe(8);
    expect([await updatesOf("slow"), await updatesOf("job")]).toEqual([12, 8]);
    await Promise.all(slow);
  });
});

test("fifty participants that no list contains are all read when the workspace has no other caller", async () => {
  const results = await tenancy.readIn(
    "job",
    Array.from({ length: 5 * QUOTA }, () => tenancy.home),
  );
  expect(served(results)).toBe(5 * QUOTA);
  expect(await tenancy.calls()).toHaveLength(5 * QUOTA + 1);
});
