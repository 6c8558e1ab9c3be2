// Encodings of request bodies: Bird gets exactly the text that the bytes encode, or no call is made.
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { sendBytes } from "../support/raw-client.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";

let bird: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  bird = await startUpstream(json(200, aParticipant));
  gateway = await startTestGateway(bird.url);
});
afterAll(async () => {
  await gateway.close();
  await bird.close();
});
beforeEach(() => {
  bird.requests.length = 0;
});

const place = `workspaceId: "${john.workspaceId}", conversationId: "${john.conversationId}", key: "name"`;
const bodyOf = (value: string) =>
  JSON.stringify({
    query: `mutation { updateParticipantStatus(input: { ${place}, value: "${value}", status: ACTIVE }) { __typename } }`,
  });
const searchOf = (value: string) =>
  `{conversationParticipant(${place.replaceAll(" ", "")},value:"${value}"){__typename}}`;

async function post(body: Uint8Array, headers: Record<string, string> = {}) {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey any", ...headers },
    body: new Uint8Array(body),
  });
  const { data, errors } = (await answer.json()) as {
    data?: unknown;
    errors?: { message: string; extensions: { code: string } }[];
  };
  return { status: answer.status, headers: answer.headers, data, code: errors?.[0]?.extensions.code };
}

/** A body of valid UTF-8 with these bytes in the middle. */
const around = (bytes: readonly number[]) => {
  const [before = "", after = ""] = bodyOf("jos|").split("|");
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
};

describe("a body", () => {
  test.each(["josé", "Jürgen 👋", "名前", "e\u0301", "\u{10ffff}", "\ufffd"])(
    "reaches Bird byte for byte: %j",
    async (value) => {
      expect((await post(Buffer.from(bodyOf(value)))).status).toBe(200);
      expect(
        bird.requests.map(({ method, path }) => [method, decodeURIComponent(path.split("/").at(-1) ?? "")]),
      ).toEqual([["PATCH", value]]);
    },
  );

  test("may begin with a byte order mark", async () => {
    const mark = Buffer.from([0xef, 0xbb, 0xbf]);
    expect((await post(Buffer.concat([mark, Buffer.from(bodyOf("a"))]))).status).toBe(200);
  });

  test.each<[string, readonly number[]]>([
    ["Latin-1", [0xe9]],
    ["Windows-1252", [0x80, 0x93]],
    ["a character that was cut", [0xf0, 0x9f, 0x91]],
    ["a byte that only goes on", [0xa9]],
    ["more bytes than a character needs", [0xc1, 0xa1]],
    ["half of a surrogate pair", [0xed, 0xa0, 0x80]],
    ["a character beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ])("is rejected with %s in it, and Bird gets no call", async (_what, bytes) => {
    const answer = await post(around(bytes));
    expect([answer.status, answer.code]).toEqual([400, "BAD_REQUEST"]);
    expect(bird.requests).toEqual([]);
  });

  test.each(["latin1", "utf16le"] as const)("is rejected as %s", async (encoding) => {
    const answer = await post(Buffer.from(bodyOf("josé"), encoding));
    expect(answer.status).toBe(400);
    expect(bird.requests).toEqual([]);
  });

  test.each(["utf-8", "UTF-8", "utf8", '"utf-8"', "Utf-8; profile=a"])(
    "is read with the charset %s",
    async (charset) => {
      const answer = await post(Buffer.from(bodyOf("josé")), {
        "content-type": `application/json; charset=${charset}`,
      });
      expect(answer.status).toBe(200);
      expect(bird.requests).toHaveLength(1);
    },
  );

  test.each(["iso-8859-1", "latin1", "windows-1252", "utf-16", "utf-16le", "us-ascii", "utf-7", "utf-8x"])(
    "is rejected with the charset %s, whatever its bytes are",
    async (charset) => {
      const answer = await post(Buffer.from(bodyOf("a")), {
        "content-type": `application/json;charset=${charset}`,
      });
      expect([answer.status, answer.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
      expect(bird.requests).toEqual([]);
    },
  );
});

test.each([
  "charset*=utf-8",
  "charset*=iso-8859-1''latin1",
  "charset*0=utf-8",
  '"charset"=latin1',
  "charset:latin1",
  "charset latin1",
  'charset="utf-8',
  "charset=utf-8;charset*=utf-16",
])("a body is rejected with a charset that cannot be read: %s", async (parameter) => {
  const answer = await post(Buffer.from(bodyOf("a")), { "content-type": `application/json;${parameter}` });
  expect([answer.status, answer.code]).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  expect(bird.requests).toEqual([]);
});

describe("the query of a URL", () => {
  const get = (search: string | Buffer) =>
    sendBytes(
      gateway.url,
      "GET /graphql?query=",
      search,
      " HTTP/1.1\r\nhost: a\r\nauthorization: AccessKey any\r\nconnection: close\r\n\r\n",
    );

  test.each(["josé", "Jürgen 👋", "名前", "\ufffd", "a+b", "100%"])(
    "reaches Bird byte for byte: %j",
    async (value) => {
      expect((await get(encodeURIComponent(searchOf(value)))).status).toBe(200);
      expect(bird.requests.map(({ path }) => decodeURIComponent(path.split("/").at(-1) ?? ""))).toEqual([
        value,
      ]);
    },
  );

  test.each([
    ["Latin-1, percent-encoded", "%E9"],
    ["Latin-1 as it is", Buffer.from([0xe9])],
    ["UTF-8 as it is", Buffer.from("é")],
    ["a character that was cut", "%F0%9F%91"],
    ["half of a surrogate pair", "%ED%A0%80"],
    ["a percent sign of its own", "%"],
    ["what is no hexadecimal", "%zz"],
  ])("is rejected with %s in it, and Bird gets no call", async (_what, bytes) => {
    const [before = "", after = ""] = encodeURIComponent(searchOf("jos|")).split("%7C");
    const answer = await get(Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]));
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("BAD_REQUEST");
    expect(bird.requests).toEqual([]);
  });

  test("is rejected with such bytes in a parameter that is not used", async () => {
    expect((await get(`${encodeURIComponent(searchOf("a"))}&other=%E9`)).status).toBe(400);
  });
});

const packers = {
  gzip: gzipSync,
  "x-gzip": gzipSync,
  GZIP: gzipSync,
  deflate: deflateSync,
  "deflate ": deflateRawSync,
  br: brotliCompressSync,
};

describe.each(Object.entries(packers))("a body that is coded as %s", (coding, pack) => {
  const headers = { "content-encoding": coding };

  test("is unpacked", async () => {
    const answer = await post(pack(Buffer.from(bodyOf("josé 👋"))), headers);
    expect(answer).toMatchObject({
      status: 200,
      data: { updateParticipantStatus: { __typename: "ConversationParticipant" } },
    });
    expect(bird.requests.map(({ path }) => decodeURIComponent(path.split("/").at(-1) ?? ""))).toEqual([
      "josé 👋",
    ]);
  });

  test("is rejected when it unpacks to more than 100 kB", async () => {
    const bomb = pack(Buffer.concat([Buffer.from(bodyOf("a")), Buffer.alloc(1_000_000, " ")]));
    expect(bomb.length).toBeLessThan(100_000);
    const answer = await post(bomb, headers);
    expect([answer.status, answer.code]).toEqual([413, "PAYLOAD_TOO_LARGE"]);
    expect(bird.requests).toEqual([]);
  });

  test("is unpacked up to 100 kB", async () => {
    const body = bodyOf("a");
    const padded = (length: number) => Buffer.from(body.padEnd(length, " "));
    expect((await post(pack(padded(102_400)), headers)).status).toBe(200);
    expect((await post(pack(padded(102_401)), headers)).status).toBe(413);
  });

  test.each([
    ["is cut", (bytes: Buffer) => bytes.subarray(0, -2)],
    ["is empty", () => Buffer.alloc(0)],
    ["is not packed at all", () => Buffer.from(bodyOf("a"))],
    ["has junk after its end", (bytes: Buffer) => Buffer.concat([bytes, Buffer.from("junk")])],
    ["has zeros after its end", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(4)])],
    ["has one byte after its end", (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ["has another body after its end", (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ])("is rejected when it %s", async (_what, spoil) => {
    const answer = await post(spoil(pack(Buffer.from(bodyOf("a")))), headers);
    expect([answer.status, answer.code]).toEqual([400, "BAD_REQUEST"]);
    expect(bird.requests).toEqual([]);
  });

  test("is rejected when what it unpacks to is not UTF-8", async () => {
    expect((await post(pack(around([0xe9])), headers)).status).toBe(400);
    expect(bird.requests).toEqual([]);
  });
});

test("a body may be several members of gzip, one after another (RFC 1952, 2.2)", async () => {
  const body = Buffer.from(bodyOf("a"));
  const members = [body.subarray(0, 20), body.subarray(20)].map((part) => gzipSync(part));
  expect((await post(Buffer.concat(members), { "content-encoding": "gzip" })).status).toBe(200);
  expect(bird.requests).toHaveLength(1);
});

describe("a body of another coding", () => {
  test.each(["zstd", "compress", "gzip, br", "gzip, identity", "aes128gcm"])(
    "such as %s is rejected, with the codings there are",
    async (coding) => {
      const answer = await post(Buffer.from(bodyOf("a")), { "content-encoding": coding });
      expect([answer.status, answer.headers.get("accept-encoding")]).toEqual([415, "gzip, deflate, br"]);
      expect(bird.requests).toEqual([]);
    },
  );

  test("such as identity is read as it is", async () => {
    expect((await post(Buffer.from(bodyOf("a")), { "content-encoding": "identity" })).status).toBe(200);
  });
});
