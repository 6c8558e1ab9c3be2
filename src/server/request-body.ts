// Reads the body of a request: limits its size, decompresses it and checks that it is UTF-8. Invalid bytes are not repaired.
import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw } from "node:zlib";
import { z } from "zod";
import { fail, succeed, type Result } from "../result.ts";
import type { ArrivingBodies } from "./arriving-bodies.ts";
import type { HttpRejection } from "./http-rejections.ts";

const unpackers = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
const unpackRaw = promisify(inflateRaw);

/** The result of decompression with the option `info`. The types of Node.js omit it; `bytesWritten` counts the input used. */
const withInfo = z.object({
  buffer: z.instanceof(Buffer),
  engine: z.object({ bytesWritten: z.number() }),
});

type Coding = keyof typeof unpackers;

/** The supported codings of `Content-Encoding`. */
export const CODINGS: readonly Coding[] = ["gzip", "deflate", "br"];

/** The coding of a body; null where it has none, undefined where it is not supported or has several. */
export function codingOf(headers: IncomingHttpHeaders): Coding | null | undefined {
  const name = headers["content-encoding"]?.trim().toLowerCase() ?? "";
  if (name === "" || name === "identity") return null;
  // RFC 9110, 8.4.1.3: the same as gzip.
  if (name === "x-gzip") return "gzip";
  return CODINGS.find((coding) => coding === name);
}

export type BodyLimits = {
  /** The largest size, both compressed and decompressed. */
  maxBytes: number;
  /** Limits the memory of all bodies that arrive at the same time. */
  arriving: ArrivingBodies;
};

/** Reads the body of a request as text. */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, arriving }: BodyLimits,
): Promise<Result<string, HttpRejection>> {
  const counted = arriving.begin(request);
  const received = await receive(request, maxBytes, counted.resize);
  counted.end();
  if (!received.ok) return received;
  const coding = codingOf(request.headers) ?? null;
  const unpacked = coding === null ? received : await unpack(received.value, coding, maxBytes);
  if (!unpacked.ok) return unpacked;
  const bytes = unpacked.value;
  return isUtf8(bytes) ? succeed(withoutMark(bytes.toString("utf8"))) : fail(notUtf8);
}

/** @param onSize is called with the bytes of memory that the body takes, whenever they change */
function receive(
  request: IncomingMessage,
  maxBytes: number,
  onSize: (bytes: number) => void,
): Promise<Result<Buffer, HttpRejection>> {
  return new Promise((resolve) => {
    const body = new GrowingBuffer(maxBytes);
    const onData = (chunk: Buffer) => {
      if (body.length + chunk.length <= maxBytes) {
        body.add(chunk);
        onSize(body.capacity);
        return;
      }
      request.off("data", onData);
      body.clear();
      onSize(0);
      resolve(fail(tooLarge(maxBytes)));
    };
    request.on("data", onData);
    request.once("end", () => {
      resolve(succeed(body.bytes));
    });
    // After the end of the body this has no effect.
    request.once("close", () => {
      resolve(fail(incomplete));
    });
  });
}

/** Bytes that arrive in pieces. To keep the pieces would take hundreds of bytes for each, and a chunk may have one byte. */
class GrowingBuffer {
  readonly #maxLength: number;
  #room: Buffer = Buffer.alloc(0);
  length = 0;

  constructor(maxLength: number) {
    this.#maxLength = maxLength;
  }

  add(piece: Buffer): void {
    const needed = this.length + piece.length;
    // Most bodies come in one piece.
    if (this.length === 0) this.#room = piece;
    else if (needed <= this.#room.length) piece.copy(this.#room, this.length);
    else this.#room = Buffer.concat([this.bytes, piece], Math.min(2 * needed, this.#maxLength));
    this.length = needed;
  }

  clear(): void {
    this.#room = Buffer.alloc(0);
    this.length = 0;
  }

  /** The bytes of memory that it takes. */
  get capacity(): number {
    return this.#room.length;
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.length);
  }
}

async function unpack(
  packed: Buffer,
  coding: Coding,
  maxBytes: number,
): Promise<Result<Buffer, HttpRejection>> {
  const unpacker = coding === "deflate" && !hasZlibHeader(packed) ? unpackRaw : unpackers[coding];
  try {
    const unpacked = await unpacker(packed, { maxOutputLength: maxBytes, info: true });
    const { buffer, engine } = withInfo.parse(unpacked);
    // Decompression ignores what follows the end of the data; of gzip's members it ignores only zeros.
    return engine.bytesWritten === packed.length ? succeed(buffer) : fail(notUnpackable);
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
    return fail(code === "ERR_BUFFER_TOO_LARGE" ? tooLarge(maxBytes) : notUnpackable);
  }
}

/** Checks for the zlib header (RFC 1950, 2.2). `deflate` requires it (RFC 9110, 8.4.1.2), but some clients omit it. */
function hasZlibHeader([first = 0, second = 0]: Buffer): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}

/** Removes a byte order mark, which is not part of the text (RFC 8259, 8.1). */
function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

/** The rejection of a body that exceeds the limit. */
export function tooLarge(maxBytes: number): HttpRejection {
  return {
    status: 413,
    code: "PAYLOAD_TOO_LARGE",
    message: `The body is larger than ${maxBytes} bytes, as it came or unpacked.`,
    limit: `${maxBytes} bytes of body`,
  };
}

const incomplete: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The body ended before it was complete.",
};
const notUnpackable: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The body is not coded as the header content-encoding says.",
};
const notUtf8: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The body is not UTF-8.",
};
