// Misbehaviour on demand: by header, by participant, by rule.
import { connect } from "node:net";
import { inflateRawSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { until } from "../../support/until.ts";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.ts";
import {
  body,
  call,
  firstConversation,
  john,
  patch,
  pathOf,
  pendingJohn,
  secondConversation,
  type Seen,
} from "./call.ts";

const faultsPath = "/_sandbox/faults";
const asJson = { "content-type": "application/json" };
const slowId = `${firstConversation}/participants/2d07faa7-3eb5-47dd-8e58-f137910cbd67`;
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

/** The three ways to ask for a fault of a GET. */
const ways: [name: string, ask: (fault: string) => Promise<Seen>][] = [
  ["header", (fault) => call(sandbox, john, { headers: { "sandbox-fault": fault } })],
  ["participant", (fault) => call(sandbox, pathOf(firstConversation, "sandbox-fault", fault))],
  [
    "rule",
    (fault) => {
      sandbox.misbehave({ fault });
      return call(sandbox, john);
    },
  ],
];

describe.each(ways)("a fault asked for by %s", (_, ask) => {
  test("answers a status in Bird's shape", async () => {
    const seen = await ask("status=503");
    expect(seen.status).toBe(503);
    expect(body(seen)).toStrictEqual({ code: "ServiceUnavailable", message: expect.any(String) });
    expect(seen.headers).not.toHaveProperty("retry-after");
  });

  test("sends a Retry-After header", async () => {
    const seen = await ask("status=429;retry-after=7");
    expect(seen.status).toBe(429);
    expect(seen.headers["retry-after"]).toBe("7");
  });

  test("cuts the connection", async () => {
    await expect(ask("reset")).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("hangs until the sandbox closes", async () => {
    const hanging = expect(ask("hang")).rejects.toMatchObject({ code: "ECONNRESET" });
    // A whole exchange later the first one is still without an answer.
    await call(sandbox, john, { headers: { "sandbox-fault": "latency=0" } }).catch(() => undefined);
    await sandbox.close();
    await hanging;
  }, 2000);

  test("answers broken JSON", async () => {
    const seen = await ask("malformed");
    expect(seen.status).toBe(200);
    expect(seen.headers["content-type"]).toBe("application/json");
    expect(() => body(seen)).toThrow(SyntaxError);
  });

  test.each([
    ["html", 200],
    ["html;status=502", 502],
  ])("answers the page of a proxy to %s", async (fault, status) => {
    const seen = await ask(fault);
    expect(seen.status).toBe(status);
    expect(seen.headers["content-type"]).toMatch("text/html");
    expect(seen.text).toMatch(/^<!doctype html>/);
  });

  test.each([
    ["empty", 200],
    ["empty;status=404", 404],
    ["status=204", 204],
  ])("answers nothing to %s", async (fault, status) => {
    const seen = await ask(fault);
    expect(seen.status).toBe(status);
    expect(seen.text).toBe("");
  });

  test.each([
    ["normal", "latency=60000", 200],
    ["faulty", "status=500;latency=60000", 500],
  ])("delays a %s answer by its latency", async (_kind, fault, status) => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask", "Date", "performance"] });
    try {
      const slow = ask(fault);
      while (jest.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve));
      jest.advanceTimersByTime(59_999);
      expect(jest.getTimerCount()).toBe(1);
      jest.advanceTimersByTime(1);
      expect((await slow).status).toBe(status);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe("an unusual response", () => {
  const odd = (fault: string, path = john) => call(sandbox, path, { headers: { "sandbox-fault": fault } });

  test.each([
    ["bom", (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))],
    ["raw-deflate", (bytes: Buffer) => inflateRawSync(bytes).toString().startsWith('{"id":')],
    ["latin1", (bytes: Buffer) => bytes.toString("latin1").startsWith('{"id":')],
    ["blank;status=404", (bytes: Buffer) => bytes.toString() === "\n"],
    ["digits;status=422", (bytes: Buffer) => bytes.includes(":12345678901234567890,")],
    ["platform;status=422", (bytes: Buffer) => bytes.includes('{"error":{')],
    ["messagebird;status=422", (bytes: Buffer) => bytes.includes('{"errors":[{"code":9,')],
    ["problem;status=422", (bytes: Buffer) => bytes.includes('"title":"Unprocessable Entity"')],
  ])("is what %s asks for", async (fault, isAsAsked) => {
    const { bytes } = await exchange(john, fault);
    const body = bytes.subarray(bytes.indexOf("\r\n\r\n") + 4);
    expect(isAsAsked(body)).toBe(true);
  });

  test("comes after a 100 Continue, or twice", async () => {
    const continued = await exchange(john, "continue");
    expect(continued.bytes.toString()).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    const twice = await exchange(john, "twice", 2);
    expect(twice.bytes.toString().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  test("has no results, or no total, where a list is asked for", async () => {
    const list = `${firstConversation}/participants`;
    expect(body(await odd("null-results", list))).toMatchObject({ results: null, total: 11 });
    expect(body(await odd("no-total", list))).not.toHaveProperty("total");
    expect(body(await odd("no-total", list))).toHaveProperty("results");
  });

  test("is none on a connection that was used before, when it is stale", async () => {
    const { bytes, isClosed } = await exchange(john, "stale", 1, 2);
    expect(bytes.toString().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(1);
    expect(isClosed).toBe(true);
  });
});

/** Sends requests on one connection, byte by byte as they are, and gives what came back. */
async function exchange(path: string, fault: string, responses = 1, requests = 1) {
  const socket = connect(Number(new URL(sandbox.url).port), "127.0.0.1");
  let bytes = Buffer.alloc(0);
  let isClosed = false;
  socket.on("data", (chunk) => (bytes = Buffer.concat([bytes, chunk])));
  socket.on("end", () => (isClosed = true));
  const request = `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: AccessKey sandbox\r\nsandbox-fault: ${fault}\r\n\r\n`;
  for (let sent = 0; sent < requests; sent++) {
    socket.write(request);
    const wanted = sent === 0 ? responses : Infinity;
    await until(() => isClosed || countWhole(bytes) >= wanted, "the responses have arrived");
  }
  socket.destroy();
  return { bytes, isClosed };
}

/** How many whole responses with a body there are in the bytes. */
function countWhole(bytes: Buffer): number {
  let count = 0;
  let rest = bytes;
  for (;;) {
    const end = rest.indexOf("\r\n\r\n");
    if (end === -1) return count;
    const length = /^content-length: (\d+)$/im.exec(rest.subarray(0, end).toString("latin1"))?.[1];
    if (rest.length < end + 4 + Number(length ?? 0)) return count;
    if (length !== undefined) count += 1;
    rest = rest.subarray(end + 4 + Number(length ?? 0));
  }
}

test("every status answers a code of Bird's form", async () => {
  for (let status = 205; status < 600; status++) {
    if (status === 304) continue;
    const seen = await call(sandbox, john, { headers: { "sandbox-fault": `status=${status}` } });
    expect(seen.status).toBe(status);
    expect(body(seen)).toMatchObject({ code: expect.stringMatching(/^([A-Z][a-z]*)+$/) });
  }
});

describe("a header", () => {
  test("is obeyed before the key is looked at", async () => {
    const seen = await call(sandbox, "/anything", { key: null, headers: { "sandbox-fault": "status=502" } });
    expect(seen.status).toBe(502);
  });

  test("that makes no sense is 400", async () => {
    const seen = await call(sandbox, john, { headers: { "sandbox-fault": "explode" } });
    expect(seen.status).toBe(400);
    expect(body(seen)).toMatchObject({ message: expect.stringContaining('"explode"') });
  });
});

describe("a fault participant", () => {
  const at = (fault: string) => pathOf(firstConversation, "sandbox-fault", fault);

  test("answers under the identifier it was asked by", async () => {
    expect(body(await call(sandbox, at("latency=1")))).toMatchObject({
      displayName: "Slow Participant",
      contact: { identifierKey: "sandbox-fault", identifierValue: "latency=1" },
    });
  });

  test("can be updated when it is only slow", async () => {
    expect(body(await patch(sandbox, at("latency=1"), { status: "active" }))).toMatchObject({
      status: "active",
    });
    expect(body(await call(sandbox, at("latency=2")))).toMatchObject({ status: "active" });
    expect(body(await call(sandbox, slowId))).toMatchObject({ status: "active" });
  });

  test("misbehaves only after the key and the permission", async () => {
    expect((await call(sandbox, at("status=503"), { key: null })).status).toBe(401);
    expect((await patch(sandbox, at("status=503"), {}, { key: "sandbox-readonly" })).status).toBe(403);
    expect((await patch(sandbox, at("status=503"), { status: "active" })).status).toBe(503);
  });

  test("that makes no sense is 400", async () => {
    const seen = await call(sandbox, at("status=42"));
    expect(seen.status).toBe(400);
    expect(body(seen)).toMatchObject({ message: expect.stringContaining('"status=42"') });
  });

  test("exists in the first conversation only", async () => {
    expect((await call(sandbox, pathOf(secondConversation, "sandbox-fault", "status=503"))).status).toBe(404);
  });
});

describe("a faulty update", () => {
  const active = { status: "active" };

  test.each(["status=503", "malformed", "html", "empty"])("is not done under %s", async (fault) => {
    await patch(sandbox, pendingJohn, active, { headers: { "sandbox-fault": fault } });
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "pending" });
  });

  test("is not done under reset", async () => {
    const lost = patch(sandbox, pendingJohn, active, { headers: { "sandbox-fault": "reset" } });
    await expect(lost).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "pending" });
  });

  test("is done under reset;applied, and its answer is lost", async () => {
    const lost = patch(sandbox, pendingJohn, active, { headers: { "sandbox-fault": "reset;applied" } });
    await expect(lost).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "active" });
  });

  test("is done under status=504;applied by rule and by participant, too", async () => {
    sandbox.misbehave({ fault: "status=504;applied", times: 1 });
    expect((await patch(sandbox, pendingJohn, active)).status).toBe(504);
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "active" });
    const path = pathOf(firstConversation, "sandbox-fault", "status=504;applied");
    expect((await patch(sandbox, path, active)).status).toBe(504);
    expect(body(await call(sandbox, slowId))).toMatchObject({ status: "active" });
  });

  test("needs a key all the same to be done", async () => {
    sandbox.misbehave({ fault: "status=504;applied", times: 1 });
    expect((await patch(sandbox, pendingJohn, active, { key: null })).status).toBe(504);
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "pending" });
  });
});

describe("a rule", () => {
  test("holds for every request until the rules are cleared", async () => {
    sandbox.misbehave({ fault: "status=503" });
    expect((await call(sandbox, john)).status).toBe(503);
    expect((await call(sandbox, "/anything", { key: null })).status).toBe(503);
    sandbox.behave();
    expect((await call(sandbox, john)).status).toBe(200);
  });

  test("holds for a method, a part of the path, and a number of times", async () => {
    sandbox.misbehave({ fault: "status=500", method: "PATCH" });
    sandbox.misbehave({ fault: "status=501", path: "john.doe", times: 2 });
    sandbox.misbehave({ fault: "status=502", path: "?limit=" });
    const statuses = [
      await patch(sandbox, john, {}),
      await call(sandbox, john),
      await call(sandbox, `${firstConversation}/participants?limit=1`),
      await call(sandbox, john),
      await call(sandbox, john),
    ].map(({ status }) => status);
    expect(statuses).toStrictEqual([500, 501, 502, 501, 200]);
  });

  test("wins when it is the first that matches", async () => {
    sandbox.misbehave({ fault: "status=500", times: 1 });
    sandbox.misbehave({ fault: "status=501", times: 1 });
    const statuses = [await call(sandbox, john), await call(sandbox, john), await call(sandbox, john)];
    expect(statuses.map(({ status }) => status)).toStrictEqual([500, 501, 200]);
  });

  test("is not used up by a request with a header of its own", async () => {
    sandbox.misbehave({ fault: "status=500", times: 1 });
    expect((await call(sandbox, john, { headers: { "sandbox-fault": "status=501" } })).status).toBe(501);
    expect((await call(sandbox, john)).status).toBe(500);
  });

  test("that makes no sense throws", () => {
    expect(() => {
      sandbox.misbehave({ fault: "explode" });
    }).toThrow('Unknown fault "explode"');
    expect(() => {
      sandbox.misbehave({ fault: "reset", times: 0 });
    }).toThrow("times");
  });
});

describe("a rule over HTTP", () => {
  const add = (rule: unknown, headers: Record<string, string> = asJson) =>
    call(sandbox, faultsPath, { method: "POST", key: null, headers, body: JSON.stringify(rule) });

  test("is added with POST and forgotten with DELETE", async () => {
    expect((await add({ fault: "status=503", method: "GET", path: "john", times: 3 })).status).toBe(204);
    expect((await call(sandbox, john)).status).toBe(503);
    expect((await call(sandbox, faultsPath, { method: "DELETE", key: null })).status).toBe(204);
    expect((await call(sandbox, john)).status).toBe(200);
  });

  test("is not subject to the rules", async () => {
    sandbox.misbehave({ fault: "status=503" });
    expect((await call(sandbox, faultsPath, { method: "DELETE" })).status).toBe(204);
  });

  test.each([
    [{ fault: "explode" }, '"explode"'],
    [{}, "fault"],
    [{ fault: "reset", method: "PUT" }, "method"],
    [{ fault: "reset", times: 1.5 }, "times"],
    [{ fault: "reset", path: "" }, "path"],
    [{ fault: "reset", pth: "x" }, "pth"],
    [["reset"], "array"],
  ])("answers 400 to %j and names what is wrong", async (rule, name) => {
    const seen = await add(rule);
    expect(seen.status).toBe(400);
    expect(body(seen)).toMatchObject({ code: "BadRequest", message: expect.stringContaining(name) });
    expect((await call(sandbox, john)).status).toBe(200);
  });

  test("answers 400 to what is no JSON", async () => {
    const seen = await call(sandbox, faultsPath, { method: "POST", headers: asJson, body: "reset" });
    expect(seen.status).toBe(400);
  });

  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])(
    "answers 415 to %s, which any web page may send",
    async (type) => {
      expect((await add({ fault: "reset" }, { "content-type": type })).status).toBe(415);
      expect((await call(sandbox, john)).status).toBe(200);
    },
  );

  test("answers 405 to another method and 404 to another path", async () => {
    expect((await call(sandbox, faultsPath)).status).toBe(405);
    expect((await call(sandbox, "/_sandbox/other")).status).toBe(404);
  });
});
