// Responses that are sent before the whole request has arrived still reach the client.
import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { sendBytes } from "../support/raw-client.ts";

let gateway: SandboxedGateway;

beforeAll(async () => {
  gateway = await startSandboxedGateway();
});
afterAll(() => gateway.close());

const codesIn = (body: string) =>
  (JSON.parse(body) as { errors: { extensions: { code: string } }[] }).errors.map(
    ({ extensions }) => extensions.code,
  );

type Upload = { length: number; headers?: Record<string, string>; path?: string; method?: string };

/** Sends a body and reads the answer only when all of it is sent, as blocking clients do. */
function upload({
  length,
  headers = {},
  path = "/graphql",
  method = "POST",
}: Upload): Promise<{ status?: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(gateway.url + path, {
      method,
      headers: { "content-type": "application/json", ...headers },
    });
    request.once("error", reject);
    request.once("response", (answer) => {
      // The client reads nothing until it has sent the whole body.
      const read = () => {
        let body = "";
        answer.setEncoding("utf8");
        answer.on("data", (text: string) => (body += text));
        answer.once("end", () => {
          resolve({ status: answer.statusCode, body });
        });
      };
      if (request.writableFinished) read();
      else request.once("finish", read);
    });
    request.end(Buffer.alloc(length, " "));
  });
}

describe("the answer 413", () => {
  test.each<[string, Upload]>([
    ["a body of 200 kB", { length: 200_000 }],
    ["a body of 8 MB", { length: 8_000_000 }],
    ["a body of 8 MB in chunks", { length: 8_000_000, headers: { "transfer-encoding": "chunked" } }],
    ["a body of 8 MB on a connection that closes", { length: 8_000_000, headers: { connection: "close" } }],
    [
      "a body of 8 MB in chunks on a connection that closes",
      { length: 8_000_000, headers: { "transfer-encoding": "chunked", connection: "close" } },
    ],
    ["a body of 8 MB that is announced first", { length: 8_000_000, headers: { expect: "100-continue" } }],
  ])("reaches a client that sends %s", async (_what, sent) => {
    const { status, body } = await upload(sent);
    expect([status, codesIn(body)]).toEqual([413, ["PAYLOAD_TOO_LARGE"]]);
  });
});

describe("any other answer that is sent without reading the body", () => {
  test.each<[string, Upload, number]>([
    ["404", { length: 8_000_000, path: "/nowhere" }, 404],
    ["405", { length: 8_000_000, method: "PUT" }, 405],
    ["406", { length: 90_000, headers: { accept: "text/html" } }, 406],
    ["415", { length: 8_000_000, headers: { "content-type": "text/csv" } }, 415],
  ])("reaches the client: %s", async (_what, sent, expected) => {
    expect((await upload(sent)).status).toBe(expected);
  });
});

test("a connection goes on after a body that was too large", async () => {
  const large = " ".repeat(200_000);
  const { all } = await sendBytes(
    gateway.url,
    `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${large.length}\r\n\r\n${large}`,
    "GET /livez HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
  );
  expect(all.match(/^HTTP\/1.1 \d+/gm)).toEqual(["HTTP/1.1 413", "HTTP/1.1 200"]);
});

test("a connection is closed when a client sends far more than the gateway reads and drops", async () => {
  const { status, all } = await sendBytes(
    gateway.url,
    "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000000000\r\n\r\n",
    ...Array.from({ length: 30 }, () => Buffer.alloc(1_000_000, " ")),
  );
  expect([status, all.match(/^HTTP\/1.1 \d+/gm)]).toEqual([413, ["HTTP/1.1 413"]]);
});

describe("a malformed request", () => {
  test.each<[string, number, string, string[]]>([
    [
      "headers that are too large",
      431,
      "HEADERS_TOO_LARGE",
      [`POST /graphql HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(17_000)}\r\n\r\n`],
    ],
    [
      "headers that are far too large",
      431,
      "HEADERS_TOO_LARGE",
      [`POST /graphql HTTP/1.1\r\nhost: a\r\nx: ${"x".repeat(1_000_000)}\r\n\r\n`],
    ],
    [
      "a URL that is too large",
      431,
      "HEADERS_TOO_LARGE",
      [`GET /graphql?query=${"x".repeat(17_000)} HTTP/1.1\r\nhost: a\r\n\r\n`],
    ],
    ["no HTTP", 400, "BAD_REQUEST", ["hello\r\n\r\n"]],
    [
      "two lengths",
      400,
      "BAD_REQUEST",
      ["POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab"],
    ],
    ["no host", 400, "BAD_REQUEST", ["POST /graphql HTTP/1.1\r\ncontent-length: 0\r\n\r\n"]],
    ["no host for a probe", 400, "BAD_REQUEST", ["GET /livez HTTP/1.1\r\n\r\n"]],
    [
      "an unknown expectation",
      417,
      "EXPECTATION_FAILED",
      ["POST /graphql HTTP/1.1\r\nhost: a\r\nexpect: 200-ok\r\ncontent-length: 0\r\n\r\n"],
    ],
    ["a method of its own", 400, "BAD_REQUEST", ["FETCH /graphql HTTP/1.1\r\nhost: a\r\n\r\n"]],
    [
      "a chunk without a length",
      400,
      "BAD_REQUEST",
      [
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n",
      ],
    ],
  ])("but %s is answered like all others", async (_what, status, code, bytes) => {
    const answer = await sendBytes(gateway.url, ...bytes);
    expect([answer.status, codesIn(answer.body)]).toEqual([status, [code]]);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("connection")).toBe("close");
  });

  test.each(["hello\r\n\r\n", "\0", "POST /graphql HTTP/1.1\r\nhost a\r\n\r\n"])(
    "after one that is being executed leaves it its answer: %j",
    async (rest) => {
      const body = JSON.stringify({ query: "{ __typename }" });
      const head = `POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
      for (const more of ["", "\r\nconnection: close"]) {
        const { status, all } = await sendBytes(gateway.url, `${head}${more}\r\n\r\n${body}${rest}`);
        expect([status, all.match(/^HTTP\/1.1 \d+/gm)]).toEqual([200, ["HTTP/1.1 200"]]);
      }
    },
  );

  test("after one that was answered, the connection closes behind both answers", async () => {
    const { all } = await sendBytes(gateway.url, "GET /livez HTTP/1.1\r\nhost: a\r\n\r\n", "hello\r\n\r\n");
    expect(all.match(/^HTTP\/1.1 \d+/gm)?.at(0)).toBe("HTTP/1.1 200");
  });
});
