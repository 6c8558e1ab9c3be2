// Removes interim responses (1xx) from the bytes that undici reads from a connection.
import type { Socket } from "node:net";

/** The status line of an interim response, except 101: a connection that changes its protocol cannot be used any more. */
const INTERIM_STATUS = /^HTTP\/1\.[01] 1(?!01)\d\d/;
/** The number of characters that tell whether a response is an interim one. */
const STATUS_CHARACTERS = "HTTP/1.1 100".length;
/** The largest response head, as in undici. */
const MAX_HEAD_BYTES = 16 * 1024;
/** The most bytes before a response. Skipping them without an end would take the time of all other calls. */
const MAX_SKIPPED_BYTES = 1024 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Takes interim responses (1xx; RFC 9110, 15.2) out of what is read from a socket. A client must be able to take any
 * number of them before the response, whether or not it asked for one. undici destroys the connection on an unexpected
 * `100 Continue`.
 */
export class ResponseReader {
  readonly #socket: Socket;
  readonly #readSocket: () => Buffer | null;
  #awaitsHead = false;
  /** The first bytes of a head, kept until there are enough of them. */
  #held: Buffer = NOTHING;
  #receivedBytes = 0;

  /** @param socket undici reads from it only by `read()` */
  constructor(socket: Socket) {
    this.#socket = socket;
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    this.#readSocket = () => read();
    // Node's streams call read(0) to ask for more; it returns no bytes.
    socket.read = (size?: number) => (size === undefined ? this.#read() : read(size));
  }

  /** Called when a request is written: the next bytes that arrive begin with the head of a response. */
  expectResponse(): void {
    this.#awaitsHead = true;
    this.#held = NOTHING;
    this.#receivedBytes = 0;
  }

  /** How many bytes have arrived since the request was written. */
  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  #read(): Buffer | null {
    for (let chunk = this.#readSocket(); chunk !== null; chunk = this.#readSocket()) {
      this.#receivedBytes += chunk.length;
      if (!this.#awaitsHead) return chunk;
      const rest = this.#skipInterimResponses(chunk);
      if (rest.length > 0) return rest;
      if (this.#receivedBytes > MAX_SKIPPED_BYTES) this.#socket.destroy(new InterimHeadOverflow());
    }
    return null;
  }

  /** @returns the bytes from the head of the final response on; none before it begins */
  #skipInterimResponses(chunk: Buffer): Buffer {
    let bytes = skipEmptyLines(this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]));
    while (mayBeInterim(bytes)) {
      const length = headLength(bytes);
      if (length === -1) return this.#hold(bytes);
      bytes = skipEmptyLines(bytes.subarray(length));
    }
    this.#held = NOTHING;
    this.#awaitsHead = bytes.length === 0;
    return bytes;
  }

  #hold(bytes: Buffer): Buffer {
    this.#held = bytes;
    if (bytes.length > MAX_HEAD_BYTES) this.#socket.destroy(new InterimHeadOverflow());
    return NOTHING;
  }
}

class InterimHeadOverflow extends Error {
  readonly code = "UND_ERR_HEADERS_OVERFLOW";
}

/** Skips the empty lines before a head, as undici does. */
function skipEmptyLines(bytes: Buffer): Buffer {
  const start = bytes.findIndex((byte) => byte !== CR && byte !== LF);
  return start === -1 ? NOTHING : bytes.subarray(start);
}

/** The length of a head with the empty line that ends it, or -1 where it has not arrived. A line ends with CRLF or LF. */
function headLength(bytes: Buffer): number {
  for (let end = bytes.indexOf(LF); end !== -1; end = bytes.indexOf(LF, end + 1)) {
    if (bytes[end + 1] === LF) return end + 2;
    if (bytes[end + 1] === CR && bytes[end + 2] === LF) return end + 3;
  }
  return -1;
}

/** Whether the bytes begin an interim response, or are too few to tell. */
function mayBeInterim(bytes: Buffer): boolean {
  if (bytes.length === 0) return false;
  const text = bytes.toString("latin1", 0, STATUS_CHARACTERS);
  return text.length < STATUS_CHARACTERS
    ? INTERIM_STATUS.test(text + "HTTP/1.1 100".slice(text.length))
    : INTERIM_STATUS.test(text);
}
