import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { decodeBody } from "../../../../src/transport/http/body.ts";

const text = Buffer.from('{"name":"Zoë"}');
const MAX = 1024;

const decode = async (
  bytes: Buffer,
  { contentEncoding = "", contentType = "application/json", exactNumbers = false } = {},
) => decodeBody(bytes, { contentEncoding, contentType, exactNumbers }, MAX);

const utf16 = () => Buffer.from('\ufeff{"name":"Zoë"}', "utf16le");

/** Gzip data whose checksum, which is before the length of four bytes, does not fit. */
function withoutChecksum(packed: Buffer): Buffer {
  packed.writeUInt32LE(0, packed.length - 8);
  return packed;
}

const zoe = { kind: "json", value: { name: "Zoë" } };

describe("decodeBody", () => {
  test.each([
    ["", text],
    ["identity", text],
    ["gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["deflate", deflateRawSync(text)],
    ["br", brotliCompressSync(text)],
    ["UTF-8", text],
    ["utf8", text],
    ["none", text],
    ["zstd", text],
    ["constructor", text],
    [",", text],
    ["identity, gzip", gzipSync(text)],
    ["gzip, identity", gzipSync(text)],
    ["gzip,", gzipSync(text)],
    ["gzip;q=1", gzipSync(text)],
    ["gzip ; q=0.5, identity;q=0", gzipSync(text)],
    ['"gzip"', gzipSync(text)],
    ['"deflate, gzip"', gzipSync(deflateSync(text))],
    ["'br'; level=5", brotliCompressSync(text)],
    ["gzip, UTF-8", gzipSync(text)],
    ["deflate, gzip", gzipSync(deflateSync(text))],
    ["deflate, gzip", gzipSync(deflateRawSync(text))],
    ["gzip, gzip, br", brotliCompressSync(gzipSync(gzipSync(text)))],
    ["gzip", Buffer.concat([gzipSync(text.subarray(0, 5)), gzipSync(text.subarray(5))])],
  ])("reads JSON in the encoding %j", async (contentEncoding, bytes) => {
    expect(await decode(bytes, { contentEncoding })).toEqual(zoe);
  });

  test.each([
    ["gzip", text],
    ["deflate", text],
    ["br", text],
    ["gzip, gzip", gzipSync(text)],
    ["gzip, br", brotliCompressSync(text)],
  ])("reads JSON that was unpacked on the way and still claims to be %j", async (contentEncoding, bytes) => {
    expect(await decode(bytes, { contentEncoding })).toEqual(zoe);
  });

  test.each([
    ["", gzipSync(text)],
    ["identity", gzipSync(text)],
    ["deflate", gzipSync(text)],
    ["br", gzipSync(text)],
    ["gzip", gzipSync(gzipSync(text))],
    ["", gzipSync(gzipSync(gzipSync(text)))],
  ])("knows gzip although the field says %j", async (contentEncoding, bytes) => {
    expect(await decode(bytes, { contentEncoding })).toEqual(zoe);
  });

  test.each([
    ["a line end", Buffer.from("\r\n")],
    ["zero bytes", Buffer.alloc(100)],
    ["a byte that begins gzip data", Buffer.from([0x1f])],
    ["half of gzip data", gzipSync(text).subarray(0, 12)],
    ["HTML", Buffer.from("<html></html>")],
  ])("ignores %s behind gzip data", async (_what, trailing) => {
    const bytes = Buffer.concat([gzipSync(text), trailing]);
    expect(await decode(bytes, { contentEncoding: "gzip" })).toEqual(zoe);
  });

  test("reads what is not packed at once, without a promise", () => {
    const form = { contentEncoding: "", contentType: "", exactNumbers: false };
    expect(decodeBody(text, form, MAX)).toEqual(zoe);
  });

  test.each([
    ["as it is", Buffer.from([0xef, 0xbb, 0xbf, ...text]), ""],
    ["packed", gzipSync(Buffer.from([0xef, 0xbb, 0xbf, ...text])), "gzip"],
  ])("reads JSON behind a byte order mark, %s", async (_how, bytes, contentEncoding) => {
    expect(await decode(bytes, { contentEncoding })).toEqual(zoe);
  });

  test.each([
    ["application/json; charset=ISO-8859-1", Buffer.from('{"name":"Zoë"}', "latin1")],
    ['application/json;charset="iso-8859-1"', Buffer.from('{"name":"Zoë"}', "latin1")],
    ["text/plain; a=b; Charset = Windows-1252", Buffer.from('{"name":"Zoë"}', "latin1")],
    ["application/json; charset='iso-8859-1'", Buffer.from('{"name":"Zoë"}', "latin1")],
    ["application/json; charset=utf-16le", Buffer.from('{"name":"Zoë"}', "utf16le")],
    ["application/json; charset=utf-16", Buffer.from('\ufeff{"name":"Zoë"}', "utf16le")],
    ["application/json", Buffer.from('{"name":"Zoë"}', "utf16le")],
    ["application/json", Buffer.from('{"name":"Zoë"}', "utf16le").swap16()],
    ["application/json; charset=iso-8859-1, application/json", Buffer.from('{"name":"Zoë"}', "latin1")],
    ["application/json; charset=ISO-8859-1", text],
    ["application/json; charset=klingon", text],
    ["", text],
  ])("reads text of the type %j", async (contentType, bytes) => {
    expect(await decode(bytes, { contentType })).toEqual(zoe);
  });

  test.each([
    ["UTF-16, little-endian", "application/json", utf16()],
    ["UTF-16, big-endian", "application/json", utf16().swap16()],
    ["UTF-16, without a type", "", utf16()],
    ["UTF-16, big-endian, which is named", "application/json; charset=utf-16", utf16().swap16()],
    ["UTF-16, which claims to be UTF-8", "application/json; charset=utf-8", utf16()],
  ])("reads text that begins with the byte order mark of %s", async (_what, contentType, bytes) => {
    expect(await decode(bytes, { contentType })).toEqual(zoe);
    expect(await decode(gzipSync(bytes), { contentType, contentEncoding: "gzip" })).toEqual(zoe);
  });

  test.each([
    ["without the half of a character", utf16().subarray(0, -1)],
    ["with half of a surrogate pair", Buffer.from('\ufeff{"name":"\ud800"}', "utf16le")],
    ["of UTF-32", Buffer.from([0xff, 0xfe, 0, 0, 0x7b, 0, 0, 0, 0x7d, 0, 0, 0])],
  ])("finds text of UTF-16 unreadable %s", async (_what, bytes) => {
    expect(await decode(bytes)).toEqual({ kind: "unreadable" });
  });

  test.each([
    ["no charset is named", "application/json"],
    ["UTF-8 is named", "application/json; charset=utf-8"],
    ["an unknown charset is named", "application/json; charset=klingon"],
    ["a charset is named that they do not fit", "application/json; charset=utf-16"],
  ])("finds bytes that are not UTF-8 unreadable where %s", async (_what, contentType) => {
    for (const bytes of [
      Buffer.from('{"name":"Zoë"}', "latin1"),
      Buffer.from([...Buffer.from('{"name":"'), 0xc3, ...Buffer.from('"}')]),
      Buffer.from([...Buffer.from('{"name":"'), 0xed, 0xa0, 0x80, ...Buffer.from('"}')]),
    ])
      expect(await decode(bytes, { contentType })).toEqual({ kind: "unreadable" });
  });

  test.each([
    ["nothing", Buffer.alloc(0), ""],
    ["a line end", Buffer.from("\n"), ""],
    ["spaces and line ends", Buffer.from(" \r\n\t "), ""],
    ["a byte order mark", Buffer.from([0xef, 0xbb, 0xbf]), ""],
    ["a packed line end", gzipSync("\r\n"), "gzip"],
    ["packed nothing", gzipSync(""), "gzip"],
    ["nothing, which claims to be packed", Buffer.alloc(0), "gzip"],
  ])("knows %s as an empty body", async (_what, bytes, contentEncoding) => {
    expect(await decode(bytes, { contentEncoding })).toEqual({ kind: "empty" });
  });

  test.each([
    ["HTML", Buffer.from("<html></html>"), ""],
    ["half a JSON text", Buffer.from('{"a":'), ""],
    ["an unknown coding", brotliCompressSync(text), "zstd"],
    ["HTML that claims to be gzip", Buffer.from("<html></html>"), "gzip"],
    ["half a gzip", gzipSync(text).subarray(0, 15), "gzip"],
    ["half a deflate", deflateRawSync(text).subarray(0, 5), "deflate"],
    ["four codings", gzipSync(gzipSync(gzipSync(gzipSync(text)))), "gzip, gzip, gzip, gzip"],
    ["gzip with a wrong checksum", withoutChecksum(gzipSync(text)), "gzip"],
    [
      "gzip with a wrong checksum and trailing bytes",
      Buffer.concat([withoutChecksum(gzipSync(text)), text]),
      "gzip",
    ],
    ["gzip of HTML that does not say so", gzipSync("<html></html>"), ""],
    ["gzip in gzip in gzip in gzip that does not say so", gzipSync(gzipSync(gzipSync(gzipSync(text)))), ""],
    ["a gzip bomb that does not say so", gzipSync(gzipSync(Buffer.alloc(300 * MAX, " "))), ""],
    ["a gzip that holds more than the bound", gzipSync(Buffer.alloc(MAX + 1, " ")), "gzip"],
    ["a deflate that holds more than the bound", deflateSync(Buffer.alloc(MAX + 1, " ")), "deflate"],
    ["a raw deflate that holds more than the bound", deflateRawSync(Buffer.alloc(MAX + 1, " ")), "deflate"],
    ["a packed gzip bomb", gzipSync(gzipSync(Buffer.alloc(300 * MAX, " "))), "gzip, gzip"],
  ])("finds %s unreadable", async (_what, bytes, contentEncoding) => {
    expect(await decode(bytes, { contentEncoding })).toEqual({ kind: "unreadable" });
  });

  test("keeps every digit where that is asked for", async () => {
    const bytes = Buffer.from('{"code":12345678901234567890}');
    expect(await decode(bytes, { exactNumbers: true })).toEqual({
      kind: "json",
      value: { code: "12345678901234567890" },
    });
  });
});
