// Answers that wait until their callers take them: how much memory they may hold together, and how long one may wait.
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import * as events from "../observability/events.ts";

/** Of all answers together. Beyond it the connection goes that has taken nothing for longest. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A connection goes that takes nothing for so long. One that takes little may stay. */
const MAX_IDLE_MS = 10_000;
/** What is written at once: after each slice it is seen that the caller takes something. */
const SLICE_BYTES = 64 * 1024;

type Waiting = { readonly socket: Socket; readonly bytes: number };

export class WaitingAnswers {
  readonly #maxBytes: number;
  #bytes = 0;
  /** The one of which nothing was taken for longest comes first. */
  readonly #answers = new Set<Waiting>();

  constructor({ maxBytes = MAX_BYTES } = {}) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Counts an answer until it has been taken, or its connection is closed.
   *
   * @returns what to write in its place: slice by slice where it is large
   */
  add(response: ServerResponse, body: Buffer): Buffer | Readable {
    const { socket } = response.req;
    const waiting = { socket, bytes: body.length };
    this.#answers.add(waiting);
    this.#bytes += body.length;
    // Most answers are taken at once.
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
      // The slice before was taken. All of the answer stays in memory until the last one is.
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
 * Closes a connection when nothing is taken there: Node.js sees what the kernel takes, and sets its own timeout once the
 * answer has been taken. What the caller sends would count as well, so it is not read until then.
 */
function limitIdleness(socket: Socket): void {
  socket.pause();
  socket.setTimeout(MAX_IDLE_MS);
}
