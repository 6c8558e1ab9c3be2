// Connections and clocks of the real process: early connections, a frozen process, unread requests and answers.
import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { until } from "../support/until.ts";

/** The gateway of all tests but those that stop or freeze theirs. */
let gateway: GatewayProcess;
const sockets: Socket[] = [];

beforeAll(async () => {
  gateway = await startProcess();
});
afterAll(async () => {
  await gateway.stop("SIGKILL");
});
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

type Connection = { socket: Socket; received: () => string };

async function open(bytes = "", { url } = gateway): Promise<Connection> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  sockets.push(socket);
  let received = "";
  socket.on("data", (chunk) => (received += chunk.toString()));
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write(bytes);
  return { socket, received: () => received };
}

const livez = "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n";

describe("a connection that was opened ahead", () => {
  test("is idle until its first byte: its first answer is the answer to its request", async () => {
    const ahead = await open();
    // A later connection that sends half a head is closed after the timeout for heads.
    const halfHead = await open("GET /livez HTTP/1.1\r\nhost: a\r\n");
    await once(halfHead.socket, "close");
    expect(halfHead.received()).toMatch(/^HTTP\/1.1 408 /);
    ahead.socket.write(livez);
    await until(() => ahead.received().includes("alive"));
    expect(ahead.received()).toMatch(/^HTTP\/1.1 200 /);
    ahead.socket.write(livez);
    await until(() => ahead.received().match(/alive/g)?.length === 2);
  });

  test("is closed like any other when it then sends half a head", async () => {
    const ahead = await open();
    const first = await open("GET /livez HTTP/1.1\r\n");
    await once(first.socket, "close");
    ahead.socket.write("GET /livez HTTP/1.1\r\n");
    await once(ahead.socket, "close");
    expect(ahead.received()).toMatch(/^HTTP\/1.1 408 /);
  });

  test("is closed without an answer when the gateway stops, and does not delay the stop", async () => {
    const stopping = await startProcess();
    const ahead = await open("", stopping);
    const closed = once(ahead.socket, "close");
    expect(await stopping.stop("SIGTERM")).toBe(0);
    await closed;
    expect(ahead.received()).toBe("");
  });
});

test("a process that was frozen while it was idle accepts requests at once", async () => {
  const frozen = await startProcess();
  const ask = () =>
    fetch(`${frozen.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
  expect((await ask()).status).toBe(200);
  frozen.signal("SIGSTOP");
  // This is longer than the overload guard allows the event loop to be busy.
  await wait(2500);
  frozen.signal("SIGCONT");
  const answers = await Promise.all(Array.from({ length: 10 }, ask));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  await frozen.stop("SIGKILL");
});

describe("a request that is rejected unread", () => {
  /** The log lines about rejected requests with this id. The last line may be cut off where it was read. */
  const linesAbout = (requestId = "") =>
    gateway
      .stderr()
      .split("\n")
      .slice(0, -1)
      .filter((line) => line.includes('"event":"requestRejected"') && line.includes(requestId))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  /** How many requests were rejected with this status. */
  const countOf = async (status: number) => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const count = new RegExp(`^gateway_http_rejections_total\\{status="${status}"\\} (\\d+)$`, "m");
    return Number(count.exec(metrics)?.[1] ?? 0);
  };

  test.each([
    [
      413,
      "PAYLOAD_TOO_LARGE",
      "warn",
      `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 200000\r\n\r\n`,
    ],
    [431, "HEADERS_TOO_LARGE", "warn", `GET /livez HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(20_000)}\r\n\r\n`],
    [
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      "info",
      "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: text/plain\r\ncontent-length: 1\r\n\r\nx",
    ],
    [400, "BAD_REQUEST", "info", "GET / HTTP/1.1\r\nhost a\r\n\r\n"],
    [408, "REQUEST_TIMEOUT", "info", "GET / HTTP/1.1\r\nhost: a\r\n"],
  ] as const)("leaves a trace: %d", async (status, code, level, bytes) => {
    const before = await countOf(status);
    const { received } = await open(bytes);
    await until(() => received().includes(code));
    expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const requestId = /^x-request-id: (\S+)\r$/im.exec(received())?.[1];
    expect(requestId).toBeDefined();
    expect(JSON.parse(received().split("\r\n\r\n")[1] ?? "")).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code } }],
    });
    await until(() => linesAbout(requestId).length === 1);
    const limit = level === "warn" ? { limit: expect.stringMatching(/\d+ bytes/) } : {};
    expect(linesAbout(requestId)).toEqual([
      expect.objectContaining({ level, status, code, requestId, ...limit }),
    ]);
    expect(await countOf(status)).toBe(before + 1);
  });
});

describe("requests that are sent before earlier answers are read", () => {
  test("are answered in their order", async () => {
    const { received } = await open(livez.repeat(50));
    await until(() => received().match(/"alive"/g)?.length === 50);
  });

  test("close their connection when there are thousands, since each takes memory", async () => {
    const { socket, received } = await open(livez.repeat(2000));
    await once(socket, "close");
    expect(received().match(/"alive"/g)?.length ?? 0).toBeLessThan(2000);
    const other = await open(livez);
    await until(() => other.received().includes('"alive"'));
  });
});
