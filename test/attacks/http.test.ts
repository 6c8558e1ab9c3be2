// Attacks by HTTP itself: methods, forms, headers, framed pages and slow clients.
import { connect } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { codesOf, lookup, post, send, startAttacked, type Attacked } from "./attacked.ts";

let gateway: Attacked;

beforeAll(async () => {
  gateway = await startAttacked();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.bird.requests.length = 0;
});

const query = `{ ${lookup()} }`;
const mutation = `mutation { updateParticipantStatus(input: { workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352", conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418", key: "a", value: "b", status: ACTIVE }) { __typename } }`;
const authorization = "AccessKey any";
const search = (text: string) => `${gateway.url}/graphql?query=${encodeURIComponent(text)}`;

/** Writes bytes to the gateway; resolves with all it answers until it closes the connection. */
function raw(bytes: string | Buffer, keepWriting?: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => undefined);
    const writing = setInterval(() => {
      if (keepWriting !== undefined && socket.writable) socket.write(keepWriting);
    }, 500);
    socket.on("close", () => {
      clearInterval(writing);
      resolve(answer);
    });
    socket.write(bytes);
  });
}

describe("a request from another site", () => {
  const form = (type: string, body: string) =>
    send(`${gateway.url}/graphql`, {
      method: "POST",
      headers: { "content-type": type, authorization },
      body,
    });

  test("cannot change anything with GET", async () => {
    const headers = { authorization, "apollo-require-preflight": "1" };
    const answer = await send(search(mutation), { headers });
    expect(answer.status).toBe(405);
    expect(gateway.bird.requests).toEqual([]);
  });

  test("cannot read with a GET that a browser sends without a preflight", async () => {
    expect((await send(search(query))).status).toBe(400);
    // A browser that once asked for a password sends it to this host for any page.
    const basic = { authorization: "Basic YW55OmFueQ==" };
    expect((await send(search(query), { headers: basic })).status).toBe(400);
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each([
    ["application/x-www-form-urlencoded", `query=${encodeURIComponent(mutation)}`],
    [
      "multipart/form-data; boundary=x",
      `--x\r\ncontent-disposition: form-data; name="query"\r\n\r\n${mutation}\r\n--x--`,
    ],
    ["text/plain", JSON.stringify({ query: mutation })],
    ["application/graphql", mutation],
  ])("cannot post a form as %s", async (type, body) => {
    const answer = await form(type, body);
    expect([answer.status, codesOf(answer)]).toEqual([415, ["UNSUPPORTED_MEDIA_TYPE"]]);
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each(["PUT", "PATCH", "DELETE", "OPTIONS"])("changes nothing with %s", async (method) => {
    const answer = await send(search(query), {
      method,
      headers: { authorization, "apollo-require-preflight": "1" },
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(gateway.bird.requests).toEqual([]);
  });

  test("is given no permission to read the answer", async () => {
    const answer = await post(gateway, { query: "{ __typename }" }, { origin: "https://evil.example.com" });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });
});

describe("an exposed page", () => {
  test.each([
    "/",
    "/graphiql",
    "/playground",
    "/voyager",
    "/altair",
    "/graphql/console",
    "/graphql.php",
    "/.env",
    "/console",
    "/sandbox",
  ])("is not at %s", async (path) => {
    const answer = await send(`${gateway.url}${path}`, { headers: { accept: "text/html" } });
    expect(answer.status).toBe(404);
    expect(answer.text).not.toMatch(/<html|graphiql/i);
  });

  test("is not shown to a browser at /graphql", async () => {
    const answer = await send(`${gateway.url}/graphql`, { headers: { accept: "text/html" } });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/<html/i);
  });
});

describe("headers", () => {
  test.each(["/graphql", "/livez", "/readyz", "/metrics", "/nowhere"])(
    "tell a browser on %s to guess, keep, run and frame nothing",
    async (path) => {
      const { headers } = await send(`${gateway.url}${path}`);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cache-control")).toContain("no-store");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("x-powered-by")).toBeNull();
      expect(headers.get("server")).toBeNull();
    },
  );

  test.each(["any\tx-evil: 1", "any evil", "any\u0001", "any\u00e9", "x".repeat(513)])(
    "carry no key %j to Bird",
    async (key) => {
      const body = JSON.stringify({ query });
      const head = `POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\nauthorization: AccessKey ${key}\r\ncontent-length: ${body.length}\r\n\r\n`;
      const answer = await raw(Buffer.from(head + body, "latin1"));
      expect(answer).toMatch(/HTTP\/1.1 400|"AccessDeniedError"/);
      expect(gateway.bird.requests).toEqual([]);
    },
  );

  test("of the caller are not passed on to Bird, except for the key", async () => {
    await post(gateway, { query }, { "x-forwarded-host": "evil", cookie: "a=b", "x-request-id": "r-1" });
    const [request] = gateway.bird.requests;
    expect(Object.keys(request?.headers ?? {}).sort()).toEqual(
      expect.not.arrayContaining(["cookie", "x-forwarded-host"]),
    );
    expect(request?.headers["host"]).toBe(new URL(gateway.bird.url).host);
  });

  test.each(['a"b', "a b", "x".repeat(129), "$(id)"])(
    "of the response do not repeat the request id %j",
    async (id) => {
      const answer = await post(gateway, { query: "{ __typename }" }, { "x-request-id": id });
      expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test("of more than 16 kB are rejected", async () => {
    const answer = await raw(`GET /livez HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(17_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  test.each([
    "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /livez HTTP/1.1\r\nhost: a\r\n\r\n",
    "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nabcde",
    "POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n",
  ])("that could smuggle a second request are rejected: %j", async (bytes) => {
    const answer = await raw(bytes);
    expect(answer.match(/^HTTP\/1.1 \d+/gm)).toEqual([expect.stringMatching(/ 4\d\d$/)]);
  });

  test.each([
    "/%zz",
    "/graphql%00",
    "/../../etc/passwd",
    "//evil.example.com/graphql",
    "/graphql/../metrics",
  ])("are not needed to get nothing at %s, and the path is not repeated", async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 40[04] /);
    expect(answer.slice(answer.indexOf("\r\n\r\n"))).not.toContain(path);
  });
});

describe("a slow client", () => {
  test("is disconnected while it sends its headers, and, after a longer time, while it sends its body", async () => {
    const cut: string[] = [];
    const noted = async (part: string, answer: Promise<string>) => {
      expect(await answer).toMatch(/^HTTP\/1.1 408 [^]*"errors":\[\{[^]*"REQUEST_TIMEOUT"/);
      cut.push(part);
    };
    const head =
      "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    await Promise.all([
      noted("body", raw(head, " ")),
      noted("headers", raw("POST /graphql HTTP/1.1\r\nhost: a\r\n", "x: y\r\n")),
    ]);
    expect(cut).toEqual(["headers", "body"]);
  });
});
