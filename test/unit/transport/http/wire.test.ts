// Real conditions on the way to Bird, for single attempts: proxies, dead connections and unusual responses.
import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { Operation } from "../../../../src/operation/operation.ts";
import { StopSignal } from "../../../../src/operation/stop-signal.ts";
import type { UpstreamRequest } from "../../../../src/transport/call.ts";
import {
  createHttpClient,
  type AttemptEnd,
  type HttpClient,
} from "../../../../src/transport/http/http-client.ts";
import { startUpstream, type Step } from "../../../support/scripted-upstream.ts";
import {
  answer,
  bytes,
  choose,
  close,
  inTurn,
  json,
  later,
  perConnection,
  reset,
  thenClose,
} from "../../../support/steps.ts";
import { until } from "../../../support/until.ts";

const operation = new Operation({ deadlineMs: Infinity });
let open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of open.toReversed()) await resource.close();
  open = [];
});

async function start(step: Step, maxConnections = 8) {
  const upstream = await startUpstream(step);
  open.push(upstream);
  const baseUrl = new URL(upstream.url);
  const client = createHttpClient({ baseUrl, connectTimeoutMs: 60_000, maxConnections });
  open.push(client);
  return { upstream, client };
}

type AttemptAs = {
  credential?: string;
  fresh?: boolean;
  path?: string;
  method?: "GET" | "PATCH";
  signal?: StopSignal<AttemptEnd>;
  onStatus?: () => void;
};

async function attempt(client: HttpClient, options: AttemptAs = {}) {
  const { credential = "a", fresh = false, path = "/x", method = "GET" } = options;
  const { signal = new StopSignal<AttemptEnd>(), onStatus = () => undefined } = options;
  const request: UpstreamRequest = {
    method,
    effect: method === "GET" ? "read" : "write",
    path,
    pathTemplate: "/x",
    workspaceId: "w",
    credentialId: credential,
    authorization: `AccessKey ${credential}`,
    ...(method === "PATCH" && { body: { status: "active" } }),
  };
  const connection = await client.acquire({ ...request, operation, isStranger: false, fresh });
  if (connection.kind === "notSent") throw new Error("no connection");
  return client.attempt(request, {
    connection,
    signal,
    onWritten: () => undefined,
    onStatus,
  });
}

const ok = json(200, { ok: true });
const whole = { kind: "response", status: 200, body: { kind: "json", value: { ok: true } } };

/** Writes texts one by one, each in a packet of its own. */
function inPackets(...texts: string[]): Step {
  return (socket, request) => {
    const [first, ...others] = texts;
    if (first === undefined || socket.destroyed) return;
    socket.setNoDelay();
    socket.write(first, () => {
      setImmediate(inPackets(...others), socket, request);
    });
  };
}

const okText = 'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"ok":true}';

describe("an unexpected interim response", () => {
  test.each<[string, string[]]>([
    ["100 Continue", ["HTTP/1.1 100 Continue\r\n\r\n"]],
    ["100 Continue with fields", ["HTTP/1.1 100 Continue\r\nvia: 1.1 proxy\r\n\r\n"]],
    ["100 of HTTP/1.0", ["HTTP/1.0 100 Continue\r\n\r\n"]],
    ["102 Processing", ["HTTP/1.1 102 Processing\r\n\r\n"]],
    ["103 Early Hints", ["HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n"]],
    ["199, which has no name", ["HTTP/1.1 199\r\n\r\n"]],
    ["three in one packet", ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 X\r\n\r\nHTTP/1.1 100 X\r\n\r\n"]],
    ["one in many packets", Array.from("HTTP/1.1 100 Continue\r\na: b\r\n\r\n")],
    ["an empty line before it", ["\r\nHTTP/1.1 100 Continue\r\n\r\n"]],
    ["empty lines before it, in many packets", Array.from("\r\n\n\r\nHTTP/1.1 100 Continue\r\n\r\n")],
    ["an empty line after it", ["HTTP/1.1 100 Continue\r\n\r\n\r\n"]],
    ["empty lines between two", ["HTTP/1.1 100 X\r\n\r\n\r\n", "\r\nHTTP/1.1 103 X\r\n\r\n"]],
    ["lines that end with LF", ["HTTP/1.1 100 Continue\nvia: 1.1 proxy\n\n"]],
    ["lines that end with LF, in many packets", Array.from("\nHTTP/1.1 100 Continue\na: b\n\n")],
    ["a last line that ends with LF", ["HTTP/1.1 100 Continue\r\na: b\r\n\n"]],
    ["a first line that ends with LF", ["HTTP/1.1 100 Continue\na: b\n\r\n"]],
    ["an empty line alone", ["\r\n"]],
    ["half an empty line", ["\r", "\n"]],
  ])("is as if it were not there: %s", async (_what, packets) => {
    const { upstream, client } = await start(inPackets(...packets, okText));
    for (const method of ["GET", "GET", "PATCH"] as const)
      expect(await attempt(client, { method })).toMatchObject(whole);
    expect(upstream.requests).toHaveLength(3);
    expect(upstream.connectionsOpened).toBe(1);
  });

  test("does not affect the response that follows in the same packet, for every status", async () => {
    for (const status of [200, 404, 409, 503]) {
      const body = '{"code":"X"}';
      const { upstream, client } = await start(
        bytes(
          `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 ${status} X\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
        ),
      );
      expect(await attempt(client)).toMatchObject({ status, body: { value: { code: "X" } } });
      expect(upstream.requests).toHaveLength(1);
    }
  });

  test("is none where the body of a response looks like one", async () => {
    const text = "HTTP/1.1 100 Continue";
    const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    const chunk = `15\r\n${text}\r\n`;
    const { client } = await start(inPackets(head, '1\r\n"\r\n', chunk, '1\r\n"\r\n', "0\r\n\r\n"));
    expect(await attempt(client)).toMatchObject({ status: 200, body: { value: text } });
  });

  test.each([
    ["interim responses", "HTTP/1.1 100 Continue\r\n\r\n".repeat(2500)],
    ["empty lines", "\r\n".repeat(32 * 1024)],
  ])("breaks the connection where %s never end", async (_what, text) => {
    let written = 0;
    const { client } = await start((socket) => {
      // After a failed write a stream calls back at once for every further write, so writing on would never end.
      const more = (error?: Error | null) => {
        if (error || socket.destroyed) return;
        written += text.length;
        socket.write(text, more);
      };
      more();
    });
    expect(await attempt(client)).toMatchObject({ kind: "noResponse", cause: "protocol", sent: true });
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  test.each([
    ["101", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"],
    ["a greeting of another protocol", "220 smtp.example.com ESMTP\r\n"],
    ["a few bytes of another protocol", "\u0015\u0003\u0001"],
    ["an interim response without an end", `HTTP/1.1 100 ${"x".repeat(100_000)}`],
  ])("is not %s: that is no response", async (_what, text) => {
    const { client } = await start(bytes(text));
    expect(await attempt(client)).toMatchObject({ kind: "noResponse", reason: "unavailable", sent: true });
  });
});

describe("a connection that has died while it was idle", () => {
  const deaths: [string, Step][] = [
    ["closed", close],
    ["reset", reset],
  ];

  test.each(deaths)("is told from others when it is %s at its second request", async (_how, death) => {
    const { client } = await start(perConnection(ok, death));
    expect(await attempt(client)).toMatchObject(whole);
    for (const method of ["GET", "PATCH"] as const) {
      expect(await attempt(client, { method })).toMatchObject({
        kind: "noResponse",
        reason: "unavailable",
        sent: true,
        staleConnection: true,
      });
      expect(await attempt(client, { method, fresh: true })).toMatchObject(whole);
    }
  });

  test.each(deaths)("is not one that is %s at its first request", async (_how, death) => {
    const { client } = await start(death);
    expect(await attempt(client)).toMatchObject({ kind: "noResponse", sent: true, staleConnection: false });
  });

  test.each([
    ["a byte", "H"],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-le"],
    ["an interim response", "HTTP/1.1 100 Continue\r\n\r\n"],
  ])("is not one that ends after %s", async (_what, text) => {
    const { client } = await start(perConnection(ok, thenClose(bytes(text))));
    await attempt(client);
    expect(await attempt(client)).toMatchObject({ kind: "noResponse", sent: true, staleConnection: false });
  });

  test("is not one whose attempt was stopped", async () => {
    const signal = new StopSignal<AttemptEnd>();
    const { client } = await start(
      perConnection(ok, () => {
        signal.stop("timeout");
      }),
    );
    await attempt(client);
    expect(await attempt(client, { signal })).toMatchObject({
      reason: "timeout",
      cause: "timeout",
      staleConnection: false,
    });
  });

  test("that closed before the next request is not used for it", async () => {
    const { upstream, client } = await start(ok);
    await attempt(client);
    upstream.closeConnections("end");
    await until(() => upstream.connectionsOpen === 0);
    expect(await attempt(client)).toMatchObject(whole);
  });
});

describe("an unexpected second response", () => {
  test.each([0, 1, 4, 10])("reaches no other credential when it comes after %d ms", async (delayMs) => {
    const { client } = await start(
      choose(({ headers }) => {
        const own = json(200, { of: headers["authorization"] });
        return inTurn(own, later(delayMs, own));
      }),
    );
    for (let round = 0; round < 20; round++) {
      const credential = `key-${round % 3}`;
      const result = await attempt(client, { credential });
      if (result.kind === "response")
        expect(result.body).toEqual({ kind: "json", value: { of: `AccessKey ${credential}` } });
    }
  });

  test("ends the connection when it comes in the same packet", async () => {
    const { upstream, client } = await start(bytes(okText + okText));
    for (let round = 1; round <= 3; round++) {
      expect(await attempt(client)).toMatchObject(whole);
      await until(() => upstream.connectionsOpen === 0);
      expect(upstream.connectionsOpened).toBe(round);
    }
  });
});

test.each([
  ["204", "HTTP/1.1 204 X\r\ncontent-length: 2\r\n\r\n{}"],
  ["304", "HTTP/1.1 304 X\r\ncontent-length: 200\r\n\r\n"],
])("a %s with a length is a whole response without a body", async (status, text) => {
  const { upstream, client } = await start(bytes(text));
  for (let round = 1; round <= 3; round++) {
    expect(await attempt(client)).toMatchObject({ status: Number(status), body: { kind: "empty" } });
    await until(() => upstream.connectionsOpen === 0);
  }
  expect(upstream.requests).toHaveLength(3);
});

describe("a response whose body ends with its connection", () => {
  const heads: [string, string][] = [
    ["in HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n"],
    ["in HTTP/1.1", "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"],
  ];

  test.each(heads)("is whole when the connection ends, %s", async (_version, text) => {
    const { client } = await start(thenClose(bytes(`${text}{"ok":true}`)));
    expect(await attempt(client)).toMatchObject(whole);
  });

  test.each(heads)("can be broken off by an end of its attempt, %s", async (_version, text) => {
    const { upstream, client } = await start(bytes(`${text}{"ok":`));
    for (const end of ["timeout", "left", "expired"] as const) {
      const signal = new StopSignal<AttemptEnd>();
      // undici has read the head by then, and waits for the body.
      const stop = () => {
        queueMicrotask(() => {
          signal.stop(end);
        });
      };
      expect(await attempt(client, { signal, onStatus: stop })).toMatchObject({
        status: 200,
        body: { kind: "lost", reason: end },
      });
      await until(() => upstream.connectionsOpen === 0);
    }
  });

  test.each(heads)("can be too large, %s", async (_version, text) => {
    const { upstream, client } = await start(bytes(text + " ".repeat(1024 * 1024 + 1)));
    expect(await attempt(client)).toMatchObject({ body: { kind: "unreadable" } });
    await until(() => upstream.connectionsOpen === 0);
  });
});

describe("the number of connections", () => {
  test("stays within its limit, however attempts end", async () => {
    let openNow = 0;
    const fates = [
      reset,
      thenClose(bytes(okText + okText)),
      answer(200, "{}", { connection: "close" }),
      ok,
      ok,
    ];
    const seen = new Set<Socket>();
    let most = 0;
    const { upstream, client } = await start((socket, request) => {
      if (!seen.has(socket)) {
        seen.add(socket);
        openNow += 1;
        socket.on("close", () => (openNow -= 1));
      }
      most = Math.max(most, openNow);
      fates[Number(request.path.slice(1)) % fates.length]?.(socket, request);
    }, 4);
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        attempt(client, { credential: `key-${index % 7}`, path: `/${index}`, fresh: index % 11 === 0 }),
      ),
    );
    expect(upstream.requests).toHaveLength(200);
    // The upstream may hear of the end of a connection after the beginning of the one that replaces it.
    expect(most).toBeLessThanOrEqual(8);
  });
});
