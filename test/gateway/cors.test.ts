import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";

const origin = "https://inbox.example.com";
const query = JSON.stringify({ query: "{ __typename }" });
const json = { "content-type": "application/json" };

let open: SandboxedGateway;
let closed: SandboxedGateway;

beforeAll(async () => {
  open = await startSandboxedGateway({ CORS_ORIGINS: `${origin},http://localhost:5173` });
  closed = await startSandboxedGateway();
});
afterAll(async () => {
  await open.close();
  await closed.close();
});

const preflight = (gateway: SandboxedGateway, from: string) =>
  fetch(`${gateway.url}/graphql`, {
    method: "OPTIONS",
    headers: {
      origin: from,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type",
    },
  });

const ask = (gateway: SandboxedGateway, from: string, headers: Record<string, string> = json) =>
  fetch(`${gateway.url}/graphql`, { method: "POST", headers: { origin: from, ...headers }, body: query });

const corsHeaders = (answer: Response) =>
  [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));

describe("a page on an origin that CORS_ORIGINS names", () => {
  test("may send what an operation needs, and read the request id", async () => {
    const { status, headers } = await preflight(open, origin);
    expect(status).toBe(204);
    expect(headers.get("access-control-allow-origin")).toBe(origin);
    expect(headers.get("access-control-allow-methods")).toBe("GET, POST");
    expect(headers.get("access-control-allow-headers")?.split(", ")).toEqual([
      "authorization",
      "content-type",
      "x-request-id",
      "apollo-require-preflight",
    ]);
    const answer = await ask(open, origin);
    expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
    expect(answer.headers.get("access-control-expose-headers")).toBe("x-request-id, retry-after");
  });

  test("may read errors, too", async () => {
    const answer = await ask(open, origin, { "content-type": "text/plain" });
    expect(answer.status).toBe(415);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test("gets no cookies sent along, and no other route", async () => {
    const { headers } = await ask(open, origin);
    expect(headers.has("access-control-allow-credentials")).toBe(false);
    expect(corsHeaders(await fetch(`${open.url}/metrics`, { headers: { origin } }))).toEqual([]);
  });

  test("is still refused what a form could send from anywhere", async () => {
    const answer = await fetch(`${open.url}/graphql?query={__typename}`, { headers: { origin } });
    expect(answer.status).toBe(400);
  });
});

describe("a page on another origin", () => {
  test.each([
    "https://evil.example.com",
    "https://inbox.example.com.evil.example",
    "http://inbox.example.com",
    "https://inbox.example.com:8443",
    "null",
  ])("such as %s gets no permission, and no cache mixes the answers up", async (other) => {
    const answer = await preflight(open, other);
    expect(corsHeaders(answer)).toEqual([]);
    expect(answer.headers.get("vary")).toBe("Origin");
    expect(corsHeaders(await ask(open, other))).toEqual([]);
  });

  test("gets no permission without CORS_ORIGINS, whoever it is", async () => {
    expect(corsHeaders(await preflight(closed, origin))).toEqual([]);
    expect(corsHeaders(await ask(closed, origin))).toEqual([]);
  });
});
