import { randomBytes, randomUUID } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "@jest/globals";
import { Operation } from "../../../src/operation/operation.ts";
import { Credentials } from "../../../src/transport/limiter/credentials.ts";
import { MemoryLimiter } from "../../../src/transport/limiter/memory-limiter.ts";
import { Strangers, type Holder } from "../../../src/transport/strangers.ts";
import { Workspaces } from "../../../src/transport/workspaces.ts";

const COUNT = 10_000;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function heapBytes(): number {
  for (let round = 0; round < 3; round++) collectGarbage();
  return process.memoryUsage().heapUsed;
}

function strangers(): Holder[] {
  return Array.from({ length: COUNT }, () => ({
    workspaceId: randomUUID(),
    credentialId: randomBytes(32).toString("base64"),
  }));
}

const known = new Strangers();
const credentials = new Credentials({ areHeld: false, strangers: known });
const limiter = new MemoryLimiter({ readsPerSecond: 50, writesPerSecond: 500 }, credentials);
const workspaces = new Workspaces(credentials, known);

/** All that a stranger can cause: failures, retries, and a 429. */
function misbehave(holder: Holder, operation: Operation): void {
  const { circuit, retries } = workspaces.of(holder);
  circuit.enter()?.end("failure");
  retries.countCall();
  retries.take();
  const permit = limiter.acquire({ ...holder, effect: "read", operation });
  if (permit instanceof Promise || permit.kind !== "permit") throw new Error("a workspace has permits");
  permit.release();
  permit.answered({ status: 429, retryAfterMs: 86_400_000 });
}

test("a stranger costs less than 1 kB, and the number of those that are remembered is bounded", async () => {
  const operation = new Operation({ deadlineMs: 60_000 });
  const first = strangers();
  const others = strangers();
  const before = heapBytes();
  for (const holder of first) misbehave(holder, operation);
  // What the limiter keeps of the permits goes with their second.
  while (limiter.size > 0) await new Promise((resolve) => setTimeout(resolve, 500));
  const costs = (heapBytes() - before) / COUNT;
  process.stderr.write(`strangers: ${costs.toFixed(0)} bytes each\n`);
  expect(costs).toBeLessThan(1000);
  for (const holder of others) misbehave(holder, operation);
  expect(first.filter((holder) => known.find(holder) !== undefined)).toHaveLength(0);
  operation.close();
}, 30_000);
