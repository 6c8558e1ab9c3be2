import { afterEach, describe, expect, test } from "@jest/globals";
import fastify from "fastify";
import { InFlight } from "../../../src/server/in-flight.ts";
import { createOverloadGuard, sendOverloaded } from "../../../src/server/overload.ts";
import { until } from "../../support/until.ts";

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(options: { maxInFlight?: number }) {
  const guard = createOverloadGuard(new InFlight(), options);
  const app = fastify();
  const held: (() => void)[] = [];
  app.get("/work", { onRequest: guard.onRequest }, () => ({ status: "done" }));
  app.get("/held", { onRequest: guard.onRequest }, async (request, reply) => {
    const running = guard.run(() => new Promise<void>((resolve) => held.push(resolve)));
    if (running === null) return sendOverloaded(request, reply);
    await running;
    return { status: "done" };
  });
  app.get("/livez", () => ({ status: "alive" }));
  const url = await app.listen({ port: 0 });
  closing.push(
    () => app.close(),
    () => {
      guard.close();
    },
  );
  const statusOf = async (path: string) => (await fetch(url + path)).status;
  return { url, held, statusOf };
}

/** Works for so long. Time in which others have the CPU does not count. */
function blockTheLoop(ms: number): void {
  const before = process.cpuUsage();
  for (let workedMs = 0; workedMs < ms;) {
    const { user, system } = process.cpuUsage(before);
    workedMs = (user + system) / 1000;
  }
}

describe("the overload guard", () => {
  test("turns work away with 503 and Retry-After after the event loop was blocked, and takes it again later", async () => {
    const { url, statusOf } = await serve({});
    expect(await statusOf("/work")).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 50));
    blockTheLoop(1500);
    const answer = await fetch(`${url}/work`);
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await answer.json()).toEqual({
      errors: [{ message: expect.any(String), extensions: { code: "OVERLOADED" } }],
    });
    expect(await statusOf("/livez")).toBe(200);
    await until(async () => (await statusOf("/work")) === 200);
  });

  test("turns work away while as much is in flight as may be", async () => {
    const { held, statusOf } = await serve({ maxInFlight: 2 });
    const taken = [statusOf("/held"), statusOf("/held")];
    await until(() => held.length === 2);
    expect(await statusOf("/work")).toBe(503);
    expect(await statusOf("/livez")).toBe(200);
    held.forEach((release) => {
      release();
    });
    expect(await Promise.all(taken)).toEqual([200, 200]);
    await until(async () => (await statusOf("/work")) === 200);
  });
});
