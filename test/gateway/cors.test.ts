import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { sendBytes } from "../support/raw-client.ts";

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

const preflight = (
  gateway: SandboxedGateway,
  from: string,
  { path = "/graphql", asked = "authorization,content-type" } = {},
) =>
  fetch(`${gateway.url}${path}`, {
    method: "OPTIONS",
    headers: {
      origin: from,
      "access-control-request-method": "POST",
      "access-control-request-headers": asked,
    },
  });

const ask = (
  gateway: SandboxedGateway,
  from: string,
  { path = "/graphql", headers = json }: { path?: string; headers?: Record<string, string> } = {},
) => fetch(`${gateway.url}${path}`, { method: "POST", headers: { origin: from, ...headers }, body: query });

const corsHeaders = (answer: Response) =>
  [...answer.headers.keys()].filter((name) => name.startsWith("access-control-"));

describe("a page on an origin that CORS_ORIGINS names", () => {
  test.each(["/graphql", "/graphql/", "/graphql?a=b", "/graphql/?a=b", "/%67raphql", "//graphql"])(
    "may send an operation to %s, and read the request id",
    async (path) => {
      const { status, headers } = await preflight(open, origin, { path });
      expect(status).toBe(204);
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-methods")).toBe("GET, POST");
      const answer = await ask(open, origin, { path });
      expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
      expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
      expect(answer.headers.get("access-control-expose-headers")).toBe("x-request-id, retry-after");
      expect(answer.headers.get("vary")).toBe("Origin");
    },
  );

  test.each([
    "authorization,content-type",
    "apollographql-client-name,apollographql-client-version,authorization,content-type",
    "baggage,sentry-trace,traceparent,tracestate",
    "x-datadog-trace-id,x-request-id",
  ])("may send the headers %s, and no cache gives the permission to another request", async (asked) => {
    const { headers } = await preflight(open, origin, { asked });
    expect(headers.get("access-control-allow-headers")).toBe(asked);
    expect(headers.get("vary")).toBe("Origin, Access-Control-Request-Headers");
  });

  test.each(["capacitor://localhost", "chrome-extension://abcdefghijklmnopabcdefghijklmnop"])(
    "may be one of an app, such as %s",
    async (app) => {
      const gateway = await startSandboxedGateway({ CORS_ORIGINS: app });
      expect((await preflight(gateway, app)).headers.get("access-control-allow-origin")).toBe(app);
      expect((await ask(gateway, app)).headers.get("access-control-allow-origin")).toBe(app);
      await gateway.close();
    },
  );

  test("may read errors, too", async () => {
    const answer = await ask(open, origin, { headers: { "content-type": "text/plain" } });
    expect(answer.status).toBe(415);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test.each(["/graphq", "/api/graphql", "/GraphQL"])("may read that there is nothing at %s", async (path) => {
    expect((await preflight(open, origin, { path })).status).toBe(204);
    const answer = await ask(open, origin, { path });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("access-control-allow-origin")).toBe(origin);
  });

  test("may be sent through a proxy that writes the whole URL in the request line", async () => {
    const head = `OPTIONS http://gateway.example/graphql HTTP/1.1\r\nhost: gateway.example\r\nconnection: close\r\norigin: ${origin}\r\naccess-control-request-method: POST\r\n\r\n`;
    const { status, headers } = await sendBytes(open.url, head);
    expect([status, headers.get("access-control-allow-origin")]).toEqual([204, origin]);
  });

  test("gets no cookies sent along, and no other route", async () => {
    const { headers } = await ask(open, origin);
    expect(headers.has("access-control-allow-credentials")).toBe(false);
    expect(corsHeaders(await fetch(`${open.url}/metrics`, { headers: { origin } }))).toEqual([]);
  });

  test("is still denied what a form could send from anywhere", async () => {
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
    expect(answer.headers.get("vary")).toContain("Origin");
    expect(corsHeaders(await ask(open, other))).toEqual([]);
  });

  test("gets no permission from any origin without CORS_ORIGINS", async () => {
    expect(corsHeaders(await preflight(closed, origin))).toEqual([]);
    expect(corsHeaders(await ask(closed, origin))).toEqual([]);
  });
});
