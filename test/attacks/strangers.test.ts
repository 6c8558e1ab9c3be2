// Strangers, who choose keys and workspaces freely, take no quota from accepted keys or from each other.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { startIssuer, trusting } from "../support/issuer.ts";
import { writeTemporary } from "../support/temporary.ts";
import { allowedSince, nowMs } from "../support/counting-bird.ts";
import { callsOf, inventWorkspaces, QUOTA, served, startTenancy, type Tenancy } from "./tenancy.ts";

let tenancy: Tenancy;
beforeAll(async () => {
  tenancy = await startTenancy([], { BIRD_DEADLINE_MS: "8000" });
});
afterAll(() => tenancy.close());
beforeEach(() => tenancy.moveOn("tenant"));

describe("junk keys", () => {
  test("do not lock a new key out of a workspace: it is served behind 15 that are answered 401", async () => {
    await tenancy.bird.setRules([{ key: "junk", status: 401, latencyMs: [50, 100] }]);
    const junk = tenancy.reads(15, (index) => `junk-${index}`);
    expect(served(await tenancy.reads(6, (index) => `fresh-${index}`))).toBe(6);
    await junk;
  });

  test("leave an accepted key all of the quota", async () => {
    await tenancy.bird.setRules([{ key: "junk", status: 401, latencyMs: [50, 100] }]);
    const junk = tenancy.reads(30, (index) => `junk-${index}`);
    expect(served(await tenancy.reads(QUOTA, "tenant"))).toBe(QUOTA);
    await junk;
  });

  test("are paused when one of them was answered 401 ten times in a row", async () => {
    await tenancy.bird.setRules([{ key: "junk", status: 401 }]);
    const codes: (string | undefined)[] = [];
    for (let index = 0; index < 14; index++) codes.push((await tenancy.read("junk")).code);
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => "Counted"));
    expect(codes).toContain("BudgetExhausted");
    expect(callsOf(await tenancy.calls(), "junk")).toBeLessThan(14);
    expect(served([await tenancy.read("tenant")])).toBe(1);
  });
});

describe("a key that Bird does not accept", () => {
  test.each([301, 404])(
    "leaves a tenant its reads, although it is answered %d",
    async (status) => {
      const foreign = `foreign-${status}`;
      await tenancy.bird.setRules([{ key: foreign, status }]);
      await tenancy.read(foreign);
      const flood = tenancy.reads(30, foreign);
      expect(served(await tenancy.reads(QUOTA - 2, "tenant"))).toBe(QUOTA - 2);
      await flood;
    },
    60_000,
  );

  test("has its calls counted when it is answered 403, also if it was accepted before", async () => {
    await tenancy.accept(["paying"]);
    await tenancy.bird.setRules([{ key: "paying", status: 403 }]);
    const beginMs = nowMs();
    await tenancy.reads(30, "paying");
    const calls = await tenancy.calls();
    expect(calls.length).toBeGreaterThanOrEqual(QUOTA);
    expect(calls.length).toBeLessThanOrEqual(allowedSince(beginMs, calls, QUOTA));
  });
});

/** Reads with a key that fails until its circuit is open. */
async function openCircuitOf(key: string, at: Tenancy): Promise<void> {
  for (let batch = 0; batch < 20; batch++) {
    const results = await at.reads(5, key);
    if (results.some(({ code }) => code === "CircuitOpen")) return;
  }
  throw new Error("the circuit does not open");
}

/** A key that is answered like this opens its own circuit, and a tenant is served as before. */
async function expectOwnCircuit(status: number, at: Tenancy): Promise<void> {
  await at.bird.setRules([{ key: "failing", status }]);
  await openCircuitOf("failing", at);
  await at.bird.takeCalls();
  expect((await at.read("failing")).code).toBe("CircuitOpen");
  expect(await at.calls()).toEqual([]);
  expect(served(await at.reads(QUOTA - 2, "tenant"))).toBe(QUOTA - 2);
}

describe("a failure that a stranger causes affects no tenant", () => {
  test("a 429: the tenant is served, and the stranger is paused", async () => {
    await tenancy.bird.setRules([{ key: "limited", status: 429, headers: { "retry-after": "86400" } }]);
    expect((await tenancy.read("limited")).retryAfterSeconds).toBe(86_400);
    await tenancy.bird.takeCalls();
    const resting = await tenancy.read("limited");
    expect(resting).toMatchObject({ __typename: "RateLimitedError", code: "BudgetExhausted" });
    expect(resting.retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(await tenancy.bird.takeCalls()).toEqual([]);
    expect(served(await tenancy.reads(QUOTA, "tenant"))).toBe(QUOTA);
  });

  test.each([
    ["5xx", 503],
    ["broken connections", -1],
  ])(
    "%s: its own circuit opens, and the tenant's does not",
    async (_what, status) => {
      await expectOwnCircuit(status, tenancy);
    },
    60_000,
  );

  test("timeouts: its own circuit opens, and the tenant's does not", async () => {
    const impatient = await startTenancy([], { BIRD_ATTEMPT_TIMEOUT_MS: "1000" });
    await impatient.accept(["tenant"]);
    await expectOwnCircuit(0, impatient);
    await impatient.close();
  });

  test("an outage at the start: afterwards every key can be accepted", async () => {
    const readAll = () => tenancy.reads(8, (index) => `early-${index}`);
    await tenancy.bird.setRules([{ key: "early", status: 503 }]);
    expect(served(await readAll())).toBe(0);
    await tenancy.bird.setRules([]);
    expect(served(await readAll())).toBe(8);
  });
});

test("a tenant's pause outlives a thousand workspaces that strangers have invented since", async () => {
  const [paused = ""] = inventWorkspaces(1);
  await tenancy.accept(["tenant"], paused);
  await tenancy.bird.setRules([
    { workspaceId: paused, status: 429, headers: { "retry-after": "86400" } },
    { key: "junk", status: 401 },
  ]);
  await tenancy.read("tenant", paused);
  for (let operation = 0; operation < 100; operation++) await tenancy.readIn("junk", inventWorkspaces(10));
  await tenancy.bird.takeCalls();
  expect((await tenancy.read("tenant", paused)).code).toBe("BudgetExhausted");
  expect(await tenancy.bird.takeCalls()).toEqual([]);
  expect(served([await tenancy.read("tenant")])).toBe(1);
});

test("keys that the gateway itself holds are accepted from the start: a 429 pauses their workspace", async () => {
  const [workspaceId = ""] = inventWorkspaces(1);
  const issuer = await startIssuer([workspaceId]);
  const held = await startTenancy(
    [{ status: 429, headers: { "retry-after": "86400" } }],
    trusting(issuer, writeTemporary({ [workspaceId]: "held" })),
  );
  const authorization = `Bearer ${await issuer.token()}`;
  await held.read(authorization, workspaceId);
  const { code, message } = await held.read(authorization, workspaceId);
  expect(code).toBe("BudgetExhausted");
  expect(message).toContain("the workspace's quota is used up, or Bird has told it to wait");
  expect(await held.bird.takeCalls()).toHaveLength(1);
  await held.close();
  await issuer.close();
});

test("one operation names ten workspaces at most: the eleventh is invalid input and no call", async () => {
  const results = await tenancy.readIn("tenant", inventWorkspaces(12));
  expect(served(results)).toBe(10);
  for (const result of results.slice(10)) {
    expect(result).toMatchObject({
      __typename: "ValidationError",
      code: "InvalidInput",
      fieldErrors: [{ path: "workspaceId" }],
    });
  }
  expect(await tenancy.bird.takeCalls()).toHaveLength(10);
});
