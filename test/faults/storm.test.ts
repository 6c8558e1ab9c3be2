import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { choose, json } from "../support/steps.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";

const OPERATIONS = 1000;
const CONCURRENCY = 50;

let failing = true;
let upstream: ScriptedUpstream;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await startUpstream(choose(() => (failing ? json(503, {}) : json(200, aParticipant))));
  gateway = await startProcess({ BIRD_API_URL: upstream.url });
});
afterAll(async () => {
  await gateway.stop("SIGKILL");
  await upstream.close();
});

/** Reads some participant; what it was answered with, and how long that took. */
async function read(index: number): Promise<{ member: string; code: string | null; milliseconds: number }> {
  const begin = performance.now();
  const { data } = await execute(gateway.url, ReadParticipantDocument, {
    ...john,
    value: `${index}@example.com`,
  });
  const result = data?.conversationParticipant;
  const code = result !== null && result !== undefined && "code" in result ? result.code : null;
  return { member: result?.__typename ?? "", code, milliseconds: performance.now() - begin };
}

test("a thousand operations on a Bird that fails send it little, all end typed, and recover by themselves", async () => {
  failing = false;
  await read(0);
  failing = true;
  upstream.requests.length = 0;
  const results: Awaited<ReturnType<typeof read>>[] = [];
  let next = 0;
  const worker = async () => {
    while (next < OPERATIONS) results.push(await read(next++));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  const calls = upstream.requests.length;
  process.stderr.write(`storm: ${OPERATIONS} operations, ${calls} calls to an upstream that fails\n`);
  expect(results).toHaveLength(OPERATIONS);
  const members = new Set(results.map(({ member }) => member));
  // The quota of 50 calls a second refuses what the circuit has not refused yet.
  expect(
    [...members].filter((member) => member !== "UpstreamError" && member !== "RateLimitedError"),
  ).toEqual([]);
  // Twenty open the circuit; what is under way by then comes on top, and a tenth for retries, at least three.
  expect(calls).toBeLessThanOrEqual(20 + CONCURRENCY + 7);

  const refused = results
    .filter(({ code }) => code === "CircuitOpen")
    .map(({ milliseconds }) => milliseconds);
  expect(refused.length).toBeGreaterThan(900);

  failing = false;
  const recovery = performance.now();
  while ((await read(0)).member !== "ConversationParticipant") {
    expect(performance.now() - recovery).toBeLessThan(10_000);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

test("an open circuit answers in under 5 ms", async () => {
  failing = true;
  await Promise.all(Array.from({ length: 60 }, (_, index) => read(index)));
  const alone: number[] = [];
  for (let index = 0; index < 50; index++) {
    const { code, milliseconds } = await read(index);
    if (code === "CircuitOpen") alone.push(milliseconds);
  }
  expect(alone.length).toBeGreaterThan(40);
  // The median: what the machine does besides must not fail the test.
  expect(alone.sort((a, b) => a - b)[Math.floor(alone.length / 2)]).toBeLessThan(5);
});
