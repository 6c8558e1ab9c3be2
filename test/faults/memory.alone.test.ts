import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { reads } from "./injections.ts";

const MEGABYTE = 1024 * 1024;
/** The largest growth of the process, with an allowance for memory that is not collected yet. */
const BOUND = 20 * MEGABYTE;
const NOISE = 15 * MEGABYTE;
const hostile = [
  "sends a gzip bomb",
  "sends 100 MB",
  "sends a field nested 8,000 deep",
  "sends 64 kB of headers",
];

let upstream: ScriptedUpstream;
let gateway: GatewayProcess;

beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await startProcess({ BIRD_API_URL: upstream.url, BIRD_READS_PER_SECOND: "100000" });
});
afterAll(async () => {
  await gateway.stop("SIGKILL");
  await upstream.close();
});

async function residentMemory(): Promise<number> {
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (\d+)$/m.exec(metrics)?.[1]);
}

async function readAll(names: string[], times: number): Promise<void> {
  for (let round = 0; round < times; round++) {
    for (const name of names) {
      upstream.setScript(john.workspaceId, reads[name] ?? {});
      await execute(gateway.url, ReadParticipantDocument, { ...john, value: `${name} ${round}` });
    }
  }
}

test("hostile answers do not make the process grow by more than 20 MB", async () => {
  await readAll(["answers with the participant"], 300);
  const before = await residentMemory();
  let largest = 0;
  for (let round = 0; round < 5; round++) {
    await readAll(hostile, 1);
    largest = Math.max(largest, await residentMemory());
  }
  const grown = largest - before;
  process.stderr.write(`memory: grown by ${(grown / MEGABYTE).toFixed(1)} MB\n`);
  expect(grown).toBeLessThan(BOUND + NOISE);
});
