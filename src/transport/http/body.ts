// Decodes the bytes of a response to JSON, within a size limit. Proxies may add encodings that Bird does not use, so all
// usual ones are decoded.
import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { brotliDecompress, crc32, gunzip, inflate, inflateRaw } from "node:zlib";
import { parseExactJson } from "../../json.ts";
import type { Body } from "../call.ts";

/** The largest number of content codings of one body. */
const MAX_CODINGS = 3;

/** The first bytes of gzip data, and the lengths of its head without options and of its tail (RFC 1952, 2.2). */
const GZIP_MAGIC = 0x1f8b;
const GZIP_HEAD_BYTES = 10;
const GZIP_TAIL_BYTES = 8;

const unreadable: Body = { kind: "unreadable" };

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const unzipExactly: Decompress = promisify(gunzip);
const unwrap: Decompress = promisify(inflate);
const unwrapRaw: Decompress = promisify(inflateRaw);
const unbrotli: Decompress = promisify(brotliDecompress);

const decompressors: ReadonlyMap<string, Decompress> = new Map([
  ["gzip", unzip],
  ["x-gzip", unzip],
  ["deflate", inflateEither],
  ["br", unbrotli],
]);

/** What the header fields of a response say about its body. */
export type BodyForm = {
  /** The `Content-Encoding` field; empty where it is missing. */
  contentEncoding: string;
  /** The `Content-Type` field; empty where it is missing. */
  contentType: string;
  /** Whether numbers must keep every digit: see `parseExactJson`. */
  exactNumbers: boolean;
};

/**
 * Decodes a body. Gzip data is recognized also where the field does not name it.
 *
 * @param maxBytes the largest decompressed size: a small gzip can hold gigabytes
 * @returns a promise only where the body is compressed
 */
export function decodeBody(bytes: Buffer, form: BodyForm, maxBytes: number): Body | Promise<Body> {
  if (bytes.length === 0) return { kind: "empty" };
  const unpack = toDecompressors(form.contentEncoding);
  if (unpack.length === 0 && !isGzip(bytes)) return parse(bytes, form);
  if (unpack.length > MAX_CODINGS) return unreadable;
  return unpackAndParse(bytes, unpack, form, maxBytes);
}

/**
 * The decompressors to apply, in order. `Content-Encoding` names codings in the order in which they were applied (RFC
 * 9110, 8.4). An unknown coding, such as `UTF-8`, is ignored: the body is then parsed as it is. So are the quotes and
 * parameters that some proxies add, as in `"gzip"` and `gzip;q=1`.
 */
function toDecompressors(contentEncoding: string): Decompress[] {
  if (contentEncoding === "") return [];
  const codings = contentEncoding.split(",").map((word) => /[\w-]+/.exec(word)?.[0].toLowerCase());
  return codings.flatMap((coding = "") => decompressors.get(coding) ?? []).reverse();
}

async function unpackAndParse(
  bytes: Buffer,
  unpack: readonly Decompress[],
  form: BodyForm,
  maxBytes: number,
): Promise<Body> {
  let unpacked = bytes;
  for (let index = 0; index < MAX_CODINGS; index++) {
    const decompress = unpack[index] ?? (isGzip(unpacked) ? unzip : null);
    if (decompress === null) break;
    try {
      unpacked = await decompress(unpacked, { maxOutputLength: maxBytes });
    } catch (error) {
      if (isTooLarge(error)) return unreadable;
      // Some proxies decompress a body and keep the field, so the bytes are then parsed as they are.
    }
  }
  return parse(unpacked, form);
}

/** Whether the bytes begin as gzip data does. JSON never begins like that. */
function isGzip(bytes: Buffer): boolean {
  return bytes.length >= GZIP_HEAD_BYTES && bytes.readUInt16BE() === GZIP_MAGIC;
}

/** Decompresses gzip data. Bytes that follow it are ignored, as browsers do. */
async function unzip(bytes: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  try {
    return await unzipExactly(bytes, options);
  } catch (error) {
    if (isTooLarge(error) || !isGzip(bytes)) throw error;
    return unzipFirst(bytes, options);
  }
}

/** Decompresses the first member of gzip data, where its head has no options: HTTP servers send none. */
async function unzipFirst(bytes: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  const unpacked = await unwrapRaw(bytes.subarray(GZIP_HEAD_BYTES), options);
  const tail = Buffer.alloc(GZIP_TAIL_BYTES);
  tail.writeUInt32LE(crc32(unpacked));
  tail.writeUInt32LE(unpacked.length, 4);
  if (!bytes.includes(tail)) throw new Error("the gzip data is damaged");
  return unpacked;
}

/** `deflate` means zlib's format (RFC 9110, 8.4.1.2), but some servers send raw deflate data without zlib's header. */
async function inflateEither(bytes: Buffer, options: { maxOutputLength: number }): Promise<Buffer> {
  try {
    return await unwrap(bytes, options);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return unwrapRaw(bytes, options);
  }
}

function isTooLarge(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE"
  );
}

/**
 * JSON has to be UTF-8 (RFC 8259, 8.1). Other bytes are decoded as UTF-16 where they begin with its byte order mark, else
 * by the charset of `Content-Type`. Invalid bytes are never replaced by U+FFFD, since they could be part of an identifier.
 */
function parse(bytes: Buffer, form: BodyForm): Body {
  const body = isUtf8(bytes) ? parseText(bytes.toString("utf8"), form) : unreadable;
  return body.kind === "unreadable" ? parseByCharset(bytes, form) : body;
}

function parseByCharset(bytes: Buffer, form: BodyForm): Body {
  const charset = utf16Of(bytes) ?? /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(form.contentType)?.[1];
  if (charset === undefined) return unreadable;
  try {
    return parseText(new TextDecoder(charset, { fatal: true }).decode(bytes), form);
  } catch {
    // The charset is unknown, or the bytes are invalid in it.
    return unreadable;
  }
}

/**
 * The form of UTF-16 that is told by a byte order mark (RFC 2781, 3.2), or by the zero byte of the first character: JSON
 * begins with ASCII (RFC 4627, 3). UTF-8 and JSON never begin with these bytes.
 */
function utf16Of([first, second]: Buffer): string | undefined {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return "utf-16le";
  return (first === 0xfe && second === 0xff) || (first === 0 && second !== 0) ? "utf-16be" : undefined;
}

function parseText(text: string, { exactNumbers }: BodyForm): Body {
  // `trim` also removes a byte order mark, which JSON.parse rejects.
  const json = text.trim();
  if (json === "") return { kind: "empty" };
  try {
    return { kind: "json", value: exactNumbers ? parseExactJson(json) : JSON.parse(json) };
  } catch {
    return unreadable;
  }
}
