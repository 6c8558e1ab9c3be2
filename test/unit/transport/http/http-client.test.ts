import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "@jest/globals";
import {
  createHttpClient,
  type AttemptEnd,
  type HttpClient,
} from "../../../../src/transport/http/http-client.ts";
import { Operation } from "../../../../src/operation/operation.ts";
import { StopSignal } from "../../../../src/operation/stop-signal.ts";
import { timers } from "../../../../src/operation/timers.ts";
import type { UpstreamRequest } from "../../../../src/transport/call.ts";
import { freePort } from "../../../support/listen.ts";
import { startUpstream, type ScriptedUpstream, type Step } from "../../../support/scripted-upstream.ts";
import { answer, bytes, close, cutOff, flood, hang, json } from "../../../support/steps.ts";

const read: UpstreamRequest = {
  method: "GET",
  effect: "read",
  path: "/workspaces/w/x%2Fy",
  pathTemplate: "/workspaces/{workspaceId}/{x}",
  workspaceId: "w",
  credentialId: "c",
  authorization: "AccessKey canary",
};

let open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(open.map((resource) => resource.close()));
  open = [];
});

/** One attempt on a connection of the client's; an attempt without a signal goes on to its end. */
async function attempt(client: HttpClient, request = read, signal = new StopSignal<AttemptEnd>()) {
  const operation = new Operation({ deadlineMs: Infinity });
  const connection = await client.acquire({ ...request, operation, isStranger: false, fresh: false });
  if (connection.kind === "notSent") throw new Error("no connection");
  return client.attempt(request, {
    connection,
    signal,
    onWritten: () => undefined,
    onStatus: () => undefined,
  });
}

async function upstreamThat(step: Step): Promise<ScriptedUpstream> {
  const upstream = await startUpstream(step);
  open.push(upstream);
  return upstream;
}

function clientFor(url: string): HttpClient {
  const client = createHttpClient({ baseUrl: new URL(url), connectTimeoutMs: 60_000, maxConnections: 8 });
  open.push(client);
  return client;
}

/** Sends one request with plenty of time. */
function send(url: string, request = read) {
  return attempt(clientFor(url), request);
}

describe("one attempt", () => {
  test("sends method, path and headers as they are, and no body with a GET", async () => {
    const upstream = await upstreamThat(json(200, {}));
    await send(upstream.url);
    expect(upstream.requests).toEqual([
      {
        method: "GET",
        path: read.path,
        body: "",
        workspaceId: "w",
        connection: 1,
        headers: {
          host: upstream.url.slice("http://".length),
          connection: "keep-alive",
          accept: "application/json",
          "accept-encoding": "gzip, deflate, br",
          "user-agent": "bird-conversations-gateway",
          authorization: "AccessKey canary",
        },
      },
    ]);
  });

  test("sends a PATCH with a JSON body, nulls included", async () => {
    const upstream = await upstreamThat(json(200, {}));
    await send(upstream.url, { ...read, method: "PATCH", body: { status: null } });
    const [request] = upstream.requests;
    expect(request).toMatchObject({ method: "PATCH", body: '{"status":null}' });
    expect(request?.headers["content-type"]).toBe("application/json");
  });

  test("puts the path of the base URL before every path", async () => {
    const upstream = await upstreamThat(json(200, {}));
    await send(`${upstream.url}/proxy/bird/`);
    expect(upstream.requests[0]?.path).toBe(`/proxy/bird${read.path}`);
  });

  test.each([200, 204, 302, 404, 500, 599])("returns the response of a %d", async (status) => {
    const upstream = await upstreamThat(answer(status));
    expect(await send(upstream.url)).toEqual({
      kind: "response",
      status,
      body: { kind: "empty" },
      retryAfterMs: null,
    });
  });

  test("does not follow a redirect", async () => {
    const elsewhere = await upstreamThat(json(200, {}));
    const upstream = await upstreamThat(answer(307, "", { location: elsewhere.url }));
    expect(await send(upstream.url)).toMatchObject({ kind: "response", status: 307 });
    expect(elsewhere.requests).toEqual([]);
  });

  test("asks no proxy of the environment", async () => {
    const proxy = await upstreamThat(json(200, {}));
    const upstream = await upstreamThat(json(200, { from: "upstream" }));
    process.env["HTTP_PROXY"] = proxy.url;
    try {
      expect(await send(upstream.url)).toMatchObject({ body: { value: { from: "upstream" } } });
    } finally {
      delete process.env["HTTP_PROXY"];
    }
    expect(proxy.requests).toEqual([]);
  });

  test("keeps connections for the next calls", async () => {
    const upstream = await upstreamThat(json(200, {}));
    const client = clientFor(upstream.url);
    for (let call = 0; call < 20; call++) await attempt(client);
    expect(upstream.requests).toHaveLength(20);
    expect(upstream.connectionsOpened).toBe(1);
  });

  test("reads Retry-After and a compressed body", async () => {
    const upstream = await upstreamThat(
      answer(429, gzipSync('{"code":"X"}'), { "retry-after": "2", "content-encoding": "gzip" }),
    );
    expect(await send(upstream.url)).toEqual({
      kind: "response",
      status: 429,
      body: { kind: "json", value: { code: "X" } },
      retryAfterMs: 2000,
    });
  });

  test("finds a body above a megabyte unreadable, without taking it all", async () => {
    let taken: Socket | undefined;
    const upstream = await upstreamThat((socket, request) => {
      taken = socket;
      flood(socket, request);
    });
    expect(await send(upstream.url)).toMatchObject({ status: 200, body: { kind: "unreadable" } });
    expect(taken?.bytesWritten).toBeLessThan(20 * 1024 * 1024);
  });

  test("reports that nothing was sent when the connection is refused", async () => {
    expect(await send(`http://127.0.0.1:${await freePort()}`)).toMatchObject({
      kind: "noResponse",
      reason: "unavailable",
      sent: false,
      cause: "refused",
    });
  });

  test("tells that the call may have been received when the connection breaks before the answer", async () => {
    const upstream = await upstreamThat(close);
    expect(await send(upstream.url)).toMatchObject({
      kind: "noResponse",
      reason: "unavailable",
      sent: true,
      cause: "closed",
    });
  });

  test("tells that the body was lost when the connection breaks in the middle of it", async () => {
    const upstream = await upstreamThat(cutOff);
    expect(await send(upstream.url)).toMatchObject({
      status: 200,
      body: { kind: "lost", reason: "unavailable", cause: "closed" },
    });
  });
});

describe("an aborted attempt", () => {
  test("ends at once when no answer has come", async () => {
    const upstream = await upstreamThat(() => {
      signal.stop("left");
    });
    const signal = new StopSignal<AttemptEnd>();
    const result = await attempt(clientFor(upstream.url), read, signal);
    expect(result).toMatchObject({ kind: "noResponse", reason: "left", sent: true });
  });

  test("ends at once when a body trickles", async () => {
    const upstream = await upstreamThat(bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n "));
    const signal = new StopSignal<AttemptEnd>();
    timers.schedule(300, () => {
      signal.stop("timeout");
    });
    const result = await attempt(clientFor(upstream.url), read, signal);
    expect(result).toMatchObject({
      status: 200,
      body: { kind: "lost", reason: "timeout", cause: "timeout" },
    });
  });

  test("sends nothing when it is aborted before", async () => {
    const upstream = await upstreamThat(json(200, {}));
    const signal = new StopSignal<AttemptEnd>();
    signal.stop("left");
    const result = await attempt(clientFor(upstream.url), read, signal);
    expect(result).toMatchObject({ kind: "noResponse", reason: "left", sent: false });
    expect(upstream.requests).toEqual([]);
  });

  test("ends although the TLS handshake of the connection never does, and knows that nothing was sent", async () => {
    const silent = await upstreamThat(hang);
    const signal = new StopSignal<AttemptEnd>();
    timers.schedule(50, () => {
      signal.stop("timeout");
    });
    const result = await attempt(clientFor(`https://127.0.0.1:${silent.port}`), read, signal);
    expect(result).toMatchObject({ kind: "noResponse", reason: "timeout", sent: false });
  });
});
