import { once } from "node:events";
import { request as createRequest, type IncomingMessage } from "node:http";
import { json as readJson } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { aParticipant } from "../support/bird.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { answer, close, json } from "../support/steps.ts";
import { startRecorder, type Recorder } from "./recorder.ts";

let upstream: ScriptedUpstream;
let recorder: Recorder;

beforeAll(async () => {
  upstream = await startUpstream();
  recorder = await startRecorder(new URL(`${upstream.url}/base/`));
});

afterAll(async () => {
  await recorder.close();
  await upstream.close();
});

beforeEach(() => {
  recorder.rewind();
  upstream.requests.length = 0;
  upstream.always(json(200, aParticipant, { "x-answer": "1" }));
});

type Call = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

/** Unlike fetch, this sends the path as it is given. */
async function call({ method = "GET", path = "/", headers = {}, body }: Call): Promise<IncomingMessage> {
  const { port } = new URL(recorder.url);
  const request = createRequest({ port, host: "127.0.0.1", method, path, headers, agent: false });
  request.end(body);
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return response;
}

test("the upstream gets the request as it was sent", async () => {
  const path = "//a/../b/./%2e%2E/%2f%ZZ/;=+@?x=%20?/#";
  await call({
    method: "PATCH",
    path,
    headers: { authorization: "AccessKey canary", "x-sent": "1" },
    body: "{}",
  });
  expect(upstream.requests).toMatchObject([
    {
      method: "PATCH",
      path: `/base${path}`,
      headers: { authorization: "AccessKey canary", "x-sent": "1", host: new URL(upstream.url).host },
      body: "{}",
    },
  ]);
});

test("the caller gets the answer as it was sent", async () => {
  upstream.always(json(404, { code: "NotFound" }, { "x-answer": "1" }));
  const response = await call({});
  expect(response).toMatchObject({ statusCode: 404, headers: { "x-answer": "1" } });
  expect(await readJson(response)).toEqual({ code: "NotFound" });
});

test("an exchange is kept with its method, raw path, headers, bodies and status", async () => {
  await call({ method: "PATCH", path: "/a/../b%2F?c", headers: { "x-sent": "1" }, body: "{}" });
  expect(recorder.exchanges).toMatchObject([
    {
      request: { method: "PATCH", path: "/a/../b%2F?c", headers: { "x-sent": "1" }, body: "{}" },
      response: { status: 200, headers: { "x-answer": "1" }, body: JSON.stringify(aParticipant) },
    },
  ]);
});

test("a compressed answer is kept readable and passed on compressed", async () => {
  const packed = gzipSync('{"a":1}');
  upstream.always(answer(200, packed, { "content-encoding": "gzip" }));
  const response = await call({});
  expect(response.headers).toMatchObject({ "content-encoding": "gzip" });
  expect(Buffer.concat((await response.toArray()) as Buffer[])).toEqual(packed);
  expect(recorder.exchanges).toMatchObject([{ response: { body: '{"a":1}' } }]);
});

test.each([
  ["AccessKey canary", "AccessKey ***"],
  ["Bearer canary", "Bearer ***"],
  ["AccessKey  canary", "***"],
  ["AccessKey canary canary", "***"],
  ["canary", "***"],
])("of the authorization %j only %j is kept", async (authorization, kept) => {
  await call({ headers: { authorization } });
  expect(recorder.exchanges).toMatchObject([{ request: { headers: { authorization: kept } } }]);
  expect(JSON.stringify(recorder.exchanges)).not.toContain("canary");
});

test("where the upstream gives no answer, the caller gets none and nothing is kept", async () => {
  upstream.always(close);
  await expect(call({})).rejects.toThrow("socket hang up");
  expect(recorder.exchanges).toEqual([]);
});
