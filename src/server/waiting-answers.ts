// Limits the memory of responses that wait for their callers to read them, and the time that one may wait.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import * as events from "../observability/events.ts";

/** The largest size of all of them together. Beyond it, the connection that has read nothing for longest is closed. */
const MAX_BYTES = 64 * 1024 * 1024;
/** Milliseconds after which a connection that reads nothing is closed. A slow one stays. */
const MAX_IDLE_MS = 10_000;
/** The bytes that are written at once: after each slice, it is known that the caller still reads. */
const SLICE_BYTES = 64 * 1024;

type Waiting = { readonly socket: Socket; readonly bytes: number };

export class WaitingAnswers {
  readonly #maxBytes: number;
  #bytes = 0;
  /** The waiting responses; the one that was not read for longest comes first. */
  readonly #answers = new Set<Waiting>();

  constructor({ maxBytes = MAX_BYTES } = {}) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Counts a response until it has been read, or its connection is closed.
   *
   * @returns the body to write; a stream of slices where it is large
   */
  add(response: ServerResponse, body: Buffer): Buffer | Readable {
    const { socket } = response.req;
    const waiting = { socket, bytes: body.length };
    this.#answers.add(waiting);
    this.#bytes += body.length;
    // Most responses are read at once, so they need no timeout.
    setImmediate(() => {
      if (this.#answers.has(waiting)) limitIdleness(socket);
    });
    response.once("close", () => {
      this.#remove(waiting);
    });
    while (this.#bytes > this.#maxBytes) this.#dropFirst();
    if (body.length <= SLICE_BYTES) return body;
    return Readable.from(this.#slices(waiting, body), { objectMode: false, highWaterMark: SLICE_BYTES });
  }

  *#slices(waiting: Waiting, body: Buffer): Generator<Buffer> {
    for (let from = 0; from < body.length; from += SLICE_BYTES) {
      // The caller has read the previous slice. The whole response stays in memory until the last slice is read.
      if (from > 0 && this.#answers.delete(waiting)) this.#answers.add(waiting);
      yield body.subarray(from, from + SLICE_BYTES);
    }
  }

  #dropFirst(): void {
    const [first] = this.#answers;
    if (first === undefined) return;
    events.unreadAnswerDropped();
    this.#remove(first);
    first.socket.destroy();
  }

  #remove(waiting: Waiting): void {
    if (this.#answers.delete(waiting)) this.#bytes -= waiting.bytes;
  }
}

/**
 * Closes a connection whose caller reads nothing, by the socket's timeout: Node.js resets it when the kernel takes data. Data
 * from the caller would reset it as well, so nothing is read from the socket until the response has been read.
 */
function limitIdleness(socket: Socket): void {
  socket.pause();
  socket.setTimeout(MAX_IDLE_MS);
}
