import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { createBudgets, type Budget } from "../../../../src/transport/limiter/budget.ts";
import { startDeadline, type Deadline } from "../../../../src/operation/operation.ts";
import type { Outcome, UpstreamRequest } from "../../../../src/transport/call.ts";

let deadline: Deadline;
beforeEach(() => {
  jest.useFakeTimers();
  deadline = startDeadline(60_000);
});
afterEach(() => {
  deadline.release();
  jest.useRealTimers();
});

const quotas = { readsPerSecond: 50, writesPerSecond: 50 };
const answer = (status: number, retryAfterMs: number | null = null): Outcome => ({
  kind: "answer",
  status,
  body: { kind: "empty" },
  retryAfterMs,
});

function request(method: "GET" | "PATCH", credentialId: string): UpstreamRequest {
  return { method, credentialId, path: "", route: "", workspaceId: "w", authorization: "" };
}

/** Makes calls that are all answered at once; how many were made without waiting. */
async function call(
  budget: Budget,
  times: number,
  outcome: Outcome,
  credentialId = "known",
  method: "GET" | "PATCH" = "GET",
) {
  let made = 0;
  for (let index = 0; index < times; index++) {
    void budget.take(request(method, credentialId), deadline).then((permit) => {
      if (permit.kind === "refused") return;
      made++;
      permit.done(outcome);
    });
  }
  await jest.advanceTimersByTimeAsync(0);
  return made;
}

/** A budget that has seen a good key, a while ago. */
async function knownBudget(): Promise<Budget> {
  const budget = createBudgets(quotas)("w");
  await call(budget, 1, answer(200));
  await jest.advanceTimersByTimeAsync(5000);
  return budget;
}

describe("a workspace's budget", () => {
  test("counts reads and writes apart", async () => {
    const budget = await knownBudget();
    expect(await call(budget, 60, answer(200))).toBe(50);
    expect(await call(budget, 60, answer(200), "known", "PATCH")).toBe(50);
  });

  test("is not another workspace's", async () => {
    const budgetOf = createBudgets(quotas);
    for (const workspace of ["a", "b"]) {
      const budget = budgetOf(workspace);
      await call(budget, 1, answer(200));
      expect(await call(budget, 60, answer(200))).toBe(49);
    }
  });

  test("is paused as long as a 429 says, and only if it says", async () => {
    const budget = await knownBudget();
    await call(budget, 1, answer(429, 1500));
    expect(await call(budget, 1, answer(200))).toBe(0);
    expect(await call(budget, 1, answer(200), "known", "PATCH")).toBe(0);
    await jest.advanceTimersByTimeAsync(1500);
    expect(await call(budget, 1, answer(200))).toBe(1);
    await call(budget, 1, answer(429));
    expect(await call(budget, 1, answer(200))).toBe(1);
  });

  test("is not paused for less by a later 429", async () => {
    const budget = await knownBudget();
    let answerLater: (outcome: Outcome) => void = () => undefined;
    void budget.take(request("GET", "known"), deadline).then((permit) => {
      if (permit.kind === "permit") answerLater = permit.done;
    });
    await call(budget, 1, answer(429, 1500));
    answerLater(answer(429));
    expect(await call(budget, 1, answer(200))).toBe(0);
  });

  test.each([401, 403])("gets a place back from a %d", async (status) => {
    const budget = await knownBudget();
    await call(budget, 5, answer(status), "stranger");
    expect(await call(budget, 60, answer(200))).toBe(50);
  });
});

describe("a caller whose key Bird has not accepted", () => {
  test("has a tenth of the reads, whatever other bad keys it tries", async () => {
    const budget = await knownBudget();
    expect(await call(budget, 60, answer(401), "bad")).toBe(5);
    expect(await call(budget, 60, answer(401), "worse")).toBe(0);
    expect(await call(budget, 60, answer(200))).toBe(50);
  });

  test("has all of it as soon as Bird accepts the key", async () => {
    const budget = createBudgets(quotas)("w");
    expect(await call(budget, 40, answer(404), "new")).toBe(40);
  });

  test("is a stranger again after a 401", async () => {
    const budget = await knownBudget();
    await call(budget, 1, answer(401));
    expect(await call(budget, 60, answer(503))).toBe(5);
  });

  test.each([403, 429, 503])("is not accepted by a %d", async (status) => {
    const budget = createBudgets(quotas)("w");
    expect(await call(budget, 60, answer(status), "new")).toBe(5);
  });
});
