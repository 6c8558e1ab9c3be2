import { expect, test } from "@jest/globals";
import { runProcess } from "../../support/process.ts";

/** All that strangers can cause, in a process of its own: failures, retries, and a 429 of each key in each workspace. */
const program = `
  import { randomBytes, randomUUID } from "node:crypto";
  import { setTimeout } from "node:timers/promises";
  import { Operation } from "./dist/operation/operation.js";
  import { Credentials } from "./dist/transport/limiter/credentials.js";
  import { MemoryLimiter } from "./dist/transport/limiter/memory-limiter.js";
  import { Strangers } from "./dist/transport/strangers.js";
  import { Workspaces } from "./dist/transport/workspaces.js";

  const count = 10_000;
  const strangers = new Strangers();
  const credentials = new Credentials({ areHeld: false, strangers });
  const limiter = new MemoryLimiter({ readsPerSecond: 50, writesPerSecond: 500 }, credentials);
  const workspaces = new Workspaces(credentials, strangers);
  const operation = new Operation({ deadlineMs: 60_000 });
  const makeHolders = () =>
    Array.from({ length: count }, () => ({ workspaceId: randomUUID(), credentialId: randomBytes(32).toString("base64") }));

  function misbehave(holder) {
    const { circuit, retries } = workspaces.of(holder);
    circuit.enter().end("failure");
    retries.countCall();
    retries.take();
    retries.end(true);
    const permit = limiter.acquire({ ...holder, effect: "read", operation });
    permit.release();
    permit.answered({ status: 429, retryAfterMs: 86_400_000 });
  }

  function heapBytes() {
    for (let round = 0; round < 4; round++) gc();
    return process.memoryUsage().heapUsed;
  }

  const [first, others] = [makeHolders(), makeHolders()];
  const before = heapBytes();
  first.forEach(misbehave);
  const atOnce = (heapBytes() - before) / count;
  // What the limiter keeps of the permits goes with their second.
  while (limiter.size > 0) await setTimeout(500);
  const lasting = (heapBytes() - before) / count;
  others.forEach(misbehave);
  const remembered = first.filter((holder) => strangers.find(holder) !== undefined).length;
  process.stdout.write(JSON.stringify({ atOnce, lasting, remembered }));
  process.exit();
`;

test("a stranger costs less than 1 kB, and the number of those that are remembered is bounded", async () => {
  const args = ["--expose-gc", "--input-type=module", "--eval", program];
  const { stdout, stderr } = await runProcess({}, "node", args);
  process.stderr.write(`strangers: ${stdout}${stderr}\n`);
  const { lasting, remembered } = JSON.parse(stdout) as { lasting: number; remembered: number };
  expect(lasting).toBeGreaterThan(100);
  expect(lasting).toBeLessThan(1000);
  expect(remembered).toBe(0);
});
