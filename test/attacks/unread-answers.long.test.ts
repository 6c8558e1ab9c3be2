// Responses that callers do not read: their memory is limited, and their connections are closed.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { adminUrlOf } from "../support/process.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { lookup, post, startAttacked, type Attacked } from "./attacked.ts";

const MEGABYTE = 1024 * 1024;
const CONNECTIONS = 200;

let gateway: Attacked;
const sockets: Socket[] = [];

beforeAll(async () => {
  const bird = await startUpstream(json(404, { details: { text: "x".repeat(15_000) } }));
  gateway = await startAttacked({ ADMIN_PORT: "0", NODE_OPTIONS: "--max-old-space-size=256" }, bird);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await gateway.close();
});

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
/** Its answer has 4 MB. */
const query = `{ ${times(27, (index) => `a${index}: ${lookup(`{ ... on BirdError { ${times(10, (at) => `d${at}: details`)} } }`)}`)} }`;
const body = JSON.stringify({ query });
const request = `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: AccessKey any\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Sends the request, and does not read the answer. */
async function ask(): Promise<Socket> {
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  sockets.push(socket);
  socket.pause();
  socket.write(request);
  return socket;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${adminUrlOf(gateway.process)}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

const answered = () => gateway.process.stderr().split('"event":"requestAnswered"').length - 1;

describe("answers of 4 MB that are not read", () => {
  test("on 200 connections hold 64 MB together, and others are served with a heap of 256 MB", async () => {
    const before = await metric("nodejs_external_memory_bytes");
    for (let asked = 1; asked <= CONNECTIONS; asked++) {
      await ask();
      if (asked % 10 === 0) await until(() => answered() >= asked, `${asked} are answered`);
    }
    let held = 0;
    await until(async () => {
      // Allocations make the garbage collector run, so it frees unreferenced memory.
      expect((await post(gateway, { query })).status).toBe(200);
      held = (await metric("nodejs_external_memory_bytes")) - before;
      // Unbounded it would be 800 MB; the garbage collector may be behind.
      return held < 200 * MEGABYTE;
    }, "what is not held is freed");
    process.stderr.write(`unread answers: ${(held / MEGABYTE).toFixed(0)} MB\n`);
    expect(await metric('gateway_dropped_connections_total\\{reason="answers"\\}')).toBeGreaterThan(0);
  }, 120_000);

  test("are dropped with their connections when nothing is read for 10 s", async () => {
    const socket = await ask();
    const begin = socket.bytesRead;
    // A connection that the other side has closed is reset when something is written to it.
    const writing = setInterval(() => socket.write("\r\n"), 250);
    await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(writing);
    expect(socket.bytesRead - begin).toBeLessThan(4 * 1000 * 1000);
  });

  test("are kept as long as the caller reads something, however slowly", async () => {
    const socket = await ask();
    const end = Date.now() + 15_000;
    // The caller reads a little every half second, for longer than a connection may read nothing.
    while (Date.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      socket.resume();
      await once(socket, "data");
      socket.pause();
    }
    socket.resume();
    await until(() => socket.bytesRead > 4 * 1000 * 1000, "all of it is taken");
  });
});
