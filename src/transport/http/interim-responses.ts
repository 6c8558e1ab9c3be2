// What undici reads from a connection: the bytes that arrive, without interim responses.
import type { Socket } from "node:net";

/** `HTTP/1.1 1xx `, except 101: a connection that changes its protocol is of no more use. */
const INTERIM_STATUS = /^HTTP\/1\.[01] 1(?!01)\d\d/;
/** The shortest text that tells whether a response is an interim one. */
const STATUS_CHARACTERS = "HTTP/1.1 100".length;
/** As undici bounds the head of a response. */
const MAX_HEAD_BYTES = 16 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Takes interim responses (1xx; RFC 9110, 15.2) out of what is read from a socket. A client must be able to take any
 * number of them before the response, whether or not it asked for one; undici destroys the connection on a `100 Continue`
 * instead.
 */
export class ResponseReader {
  readonly #socket: Socket;
  readonly #readSocket: () => Buffer | null;
  #awaitsHead = false;
  /** The beginning of a head of which too little has arrived. */
  #held: Buffer = NOTHING;
  #receivedBytes = 0;

  /** @param socket undici reads from it by `read()` and in no other way */
  constructor(socket: Socket) {
    this.#socket = socket;
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null;
    this.#readSocket = () => read();
    // Node's streams call read(0) to ask for more; it returns no bytes.
    socket.read = (size?: number) => (size === undefined ? this.#read() : read(size));
  }

  /** A request is being written: what arrives from now on begins with the head of a response. */
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
    }
    return null;
  }

  /** @returns the bytes from the head of the final response on; none while it has not begun */
  #skipInterimResponses(chunk: Buffer): Buffer {
    let bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    while (mayBeInterim(bytes)) {
      const end = bytes.indexOf("\r\n\r\n");
      if (end === -1) return this.#hold(bytes);
      bytes = bytes.subarray(end + 4);
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

/** Whether an interim response begins here, or may do so as far as the bytes tell. */
function mayBeInterim(bytes: Buffer): boolean {
  if (bytes.length === 0) return false;
  const text = bytes.toString("latin1", 0, STATUS_CHARACTERS);
  return text.length < STATUS_CHARACTERS
    ? INTERIM_STATUS.test(text + "HTTP/1.1 100".slice(text.length))
    : INTERIM_STATUS.test(text);
}
