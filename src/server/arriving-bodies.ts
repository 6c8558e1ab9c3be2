// Limits the memory of request bodies that are still arriving, all connections together.
import type { IncomingMessage } from "node:http";
import * as events from "../observability/events.ts";

/** The largest size of all of them together: several hundred bodies of the largest size. */
const MAX_BYTES = 64 * 1024 * 1024;

type Arriving = { readonly request: IncomingMessage; bytes: number; isOver: boolean };

/** Beyond the limit, the connection whose body has been arriving for the longest time is closed. */
export class ArrivingBodies {
  readonly #maxBytes: number;
  #bytes = 0;
  /** Those of which something has arrived; the one that began first comes first. */
  readonly #bodies = new Set<Arriving>();

  constructor({ maxBytes = MAX_BYTES } = {}) {
    this.#maxBytes = maxBytes;
  }

  /** Counts the bytes of a body that are in memory, from the first `resize` until `end`. */
  begin(request: IncomingMessage): { resize: (bytes: number) => void; end: () => void } {
    const body: Arriving = { request, bytes: 0, isOver: false };
    return {
      resize: (bytes) => {
        if (body.isOver) return;
        this.#bodies.add(body);
        this.#bytes += bytes - body.bytes;
        body.bytes = bytes;
        while (this.#bytes > this.#maxBytes) this.#dropFirst();
      },
      end: () => {
        this.#remove(body);
      },
    };
  }

  #dropFirst(): void {
    const [first] = this.#bodies;
    if (first === undefined) return;
    events.arrivingBodyDropped();
    this.#remove(first);
    first.request.socket.destroy();
  }

  #remove(body: Arriving): void {
    body.isOver = true;
    if (this.#bodies.delete(body)) this.#bytes -= body.bytes;
  }
}
