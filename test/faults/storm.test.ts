import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { choose, json } from "../support/steps.ts";
import { until } from "../support/until.ts";
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

/** Reads a participant; resolves with the result. */
async function read(index: number): Promise<{ member: string; code: string | null }> {
  const { data } = await execute(gateway.url, ReadParticipantDocument, {
    ...john,
    value: `${index}@example.com`,
  });
  const result = data?.conversationParticipant;
  const code = result !== null && result !== undefined && "code" in result ? result.code : null;
  return { member: result?.__typename ?? "", code };
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
  // The quota of 50 calls a second rejects the calls that the circuit lets through.
  expect(
    [...members].filter((member) => member !== "UpstreamError" && member !== "RateLimitedError"),
  ).toEqual([]);
  // Twenty failures open the circuit. Calls in flight at that moment add to them, and so do retries: a tenth, at least three.
  expect(calls).toBeLessThanOrEqual(20 + CONCURRENCY + 7);

  expect(results.filter(({ code }) => code === "CircuitOpen").length).toBeGreaterThan(900);

  failing = false;
  await until(async () => (await read(0)).member === "ConversationParticipant", "the circuit closes again");
});

test("an open circuit answers without a call", async () => {
  failing = true;
  await Promise.all(Array.from({ length: 60 }, (_, index) => read(index)));
  await until(async () => (await read(0)).code === "CircuitOpen", "the circuit opens");
  const before = upstream.requests.length;
  const alone: (string | null)[] = [];
  for (let index = 0; index < 50; index++) alone.push((await read(index)).code);
  expect(alone.filter((code) => code === "CircuitOpen").length).toBeGreaterThan(40);
  // The circuit lets a probe through every few seconds. It answers all other calls.
  expect(upstream.requests.length - before).toBeLessThanOrEqual(10);
});
