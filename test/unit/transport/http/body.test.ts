import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { decodeBody } from "../../../../src/transport/http/body.ts";

const text = Buffer.from('{"name":"Zoë"}');
const MAX = 1024;

describe("decodeBody", () => {
  test.each([
    ["", text],
    ["identity", text],
    ["gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
  ])("reads JSON in the encoding %j", async (encoding, bytes) => {
    expect(await decodeBody(bytes, encoding, MAX)).toEqual({ kind: "json", value: { name: "Zoë" } });
  });

  test("knows an empty body", async () => {
    expect(await decodeBody(Buffer.alloc(0), "", MAX)).toEqual({ kind: "empty" });
  });

  test.each([
    ["HTML", Buffer.from("<html></html>"), ""],
    ["half a JSON text", Buffer.from('{"a":'), ""],
    ["an unknown encoding", text, "zstd"],
    ["an encoding named like a property of every object", text, "constructor"],
    ["text that claims to be gzip", text, "gzip"],
    ["half a gzip", gzipSync(text).subarray(0, 15), "gzip"],
    ["a gzip that holds more than the bound", gzipSync(Buffer.alloc(MAX + 1, " ")), "gzip"],
  ])("finds %s unreadable", async (_what, bytes, encoding) => {
    expect(await decodeBody(bytes, encoding, MAX)).toEqual({ kind: "unreadable" });
  });
});
