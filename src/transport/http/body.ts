// From the bytes of an answer to JSON, within bounds.
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { Body } from "../call.ts";

const decompressors = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

/**
 * @param encoding the `Content-Encoding` header, empty when there is none
 * @param maxBytes the largest body that is unpacked: a small gzip can hold gigabytes
 */
export async function decodeBody(bytes: Buffer, encoding: string, maxBytes: number): Promise<Body> {
  if (bytes.length === 0) return { kind: "empty" };
  try {
    const text = await decompress(bytes, encoding.trim().toLowerCase(), maxBytes);
    if (text === null) return { kind: "unreadable" };
    const value: unknown = JSON.parse(text.toString("utf8"));
    return { kind: "json", value };
  } catch {
    // Not what the encoding says, larger than the bound, or not JSON: all of them are bodies Bird does not send.
    return { kind: "unreadable" };
  }
}

async function decompress(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer | null> {
  if (encoding === "" || encoding === "identity") return bytes;
  if (!isKnown(encoding)) return null;
  return decompressors[encoding](bytes, { maxOutputLength: maxBytes });
}

function isKnown(encoding: string): encoding is keyof typeof decompressors {
  return Object.hasOwn(decompressors, encoding);
}
