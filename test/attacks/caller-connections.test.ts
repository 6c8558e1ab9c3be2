// Callers' connections as attacks: unused connections, requests without their bodies, and responses that are never read.
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { aParticipant, workspaceId } from "../support/bird.ts";
import { Hold, json } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { lookup, post, startAttacked, type Attacked } from "./attacked.ts";

let gateway: Attacked;
/** The gateway without a limit of its own, for all tests that reach none. */
let unlimited: Attacked;
const sockets: Socket[] = [];

beforeAll(async () => {
  unlimited = await startAttacked();
});
afterAll(() => unlimited.close());
beforeEach(() => {
  gateway = unlimited;
  gateway.bird.requests.length = 0;
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  if (gateway !== unlimited) await gateway.close();
});

/** Opens a connection, writes to it and keeps the bytes it receives. */
async function open(bytes = "", localAddress = "127.0.0.1") {
  const socket = connect({ port: Number(new URL(gateway.url).port), host: "127.0.0.1", localAddress });
  sockets.push(socket);
  let received = "";
  socket.on("data", (chunk) => (received += chunk.toString("latin1")));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  if (bytes !== "") socket.write(bytes);
  return {
    socket,
    received: () => received,
    answers: () => received.split("HTTP/1.1 200 ").length - 1,
    closed: () => socket.destroyed || socket.readableEnded,
  };
}

const body = JSON.stringify({ query: `{ ${lookup()} }` });
const headFor = (length: number) =>
  `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: AccessKey any\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;
const head = headFor(body.length);

function requestFor(query: string): string {
  const text = JSON.stringify({ query });
  return headFor(text.length) + text;
}

describe("connections that send no whole request", () => {
  test.each([
    ["nothing", ""],
    ["half a head", "POST /graphql HTTP/1.1\r\nhost: a\r\n"],
    ["a head without its body", head],
  ])("are closed to make room for others when they have sent %s", async (_what, bytes) => {
    gateway = await startAttacked({ MAX_CONNECTIONS: "20" });
    const silent: Awaited<ReturnType<typeof open>>[] = [];
    for (let index = 0; index < 20; index++) silent.push(await open(bytes));
    for (let index = 0; index < 5; index++) {
      const used = await open(head + body);
      await until(() => used.answers() === 1, "a new connection is served");
    }
    await until(() => silent.filter(({ closed }) => closed()).length >= 5, "those opened first are closed");
    expect(silent.slice(5).every(({ closed }) => !closed())).toBe(true);
    expect((await post(gateway, { query: "{ __typename }" })).status).toBe(200);
  });

  test("do not count as work: other callers neither wait nor get 503", async () => {
    await Promise.all(Array.from({ length: 500 }, () => open(head)));
    const { status } = await post(gateway, { query: `{ ${lookup()} }` });
    expect(status).toBe(200);
  });
});

describe("when the number of connections has reached its limit", () => {
  test("idle ones are closed, and one with an operation in flight stays open", async () => {
    gateway = await startAttacked({ MAX_CONNECTIONS: "3" });
    const [idle, other] = [await open(head + body), await open(head + body)];
    await until(() => idle.answers() + other.answers() === 2, "both are served");
    const hold = new Hold();
    gateway.bird.setScript(workspaceId, { GET: [hold.step] });
    const busy = await open(head + body);
    await until(() => hold.waiting.length === 1, "the operation is under way");
    gateway.bird.setScript(workspaceId, { GET: [json(200, aParticipant)] });
    for (let index = 0; index < 2; index++) {
      const used = await open(head + body);
      await until(() => used.answers() === 1, "a new one is served");
    }
    await until(() => idle.closed() && other.closed(), "the idle ones are closed");
    expect(busy.closed()).toBe(false);
    hold.release(json(200, aParticipant));
    await until(() => busy.answers() === 1, "the operation ends");
  });

  test("connections of a caller with many are closed before that of a caller with one", async () => {
    gateway = await startAttacked({ MAX_CONNECTIONS: "10" });
    const lonely = await open(head + body, "127.0.0.2");
    await until(() => lonely.answers() === 1, "it is served");
    const many: Awaited<ReturnType<typeof open>>[] = [];
    for (let index = 0; index < 20; index++) {
      const one = await open(head + body);
      await until(() => one.answers() === 1, "it is served");
      many.push(one);
    }
    await until(
      () => many.filter(({ closed }) => closed()).length === 11,
      "as many are closed as are too many",
    );
    expect(lonely.closed()).toBe(false);
  });
});

describe("requests that arrive before earlier answers are read", () => {
  test("are answered in their order, each once", async () => {
    const { answers, received } = await open(
      Array.from({ length: 20 }, (_, index) =>
        requestFor(`{ a${index}: __typename ${lookup("{ __typename }", index)} }`),
      ).join(""),
    );
    await until(() => answers() === 20, "all are answered");
    expect([...received().matchAll(/"data":\{"a(\d+)"/g)].map(([, index]) => Number(index))).toEqual(
      Array.from({ length: 20 }, (_, index) => index),
    );
  });

  test("are not executed while the caller does not read the earlier answers", async () => {
    gateway.bird.setScript(workspaceId, { GET: [json(404, { details: { text: "x".repeat(15_000) } })] });
    const details = Array.from({ length: 10 }, (_, index) => `d${index}: details`).join(" ");
    const aliases = Array.from(
      { length: 20 },
      (_, index) => `a${index}: ${lookup(`{ ... on BirdError { ${details} } }`)}`,
    );
    const { socket, received } = await open();
    socket.pause();
    // Each answer has 3 MB: the socket buffers of both sides hold one or two of them.
    for (let index = 0; index < 8; index++)
      socket.write(requestFor(`{ ${aliases.join(" ")} b${index}: __typename }`));
    await until(() => gateway.bird.requests.length > 0, "the first is begun");
    let begun = 0;
    await until(async () => {
      const before = begun;
      await new Promise((resolve) => setTimeout(resolve, 1000));
      begun = gateway.bird.requests.length;
      return begun === before;
    }, "nothing more is begun");
    expect(begun).toBeLessThan(6);
    socket.resume();
    await until(() => received().split("HTTP/1.1 200").length === 9, "all are answered once they are read");
  });
});
