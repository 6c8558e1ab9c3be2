// Writes lines to a file descriptor and never waits for it: a full disk or a reader that has stopped costs lines, not answers.
import { writeSync } from "node:fs";

/** What may wait for a reader that is slow. */
const MAX_PENDING_BYTES = 1024 * 1024;
/** How soon a reader that takes nothing is tried again. */
const RETRY_MS = 20;
/** How long the end of the process waits for a reader that is slow. */
const LAST_WAIT_MS = 200;

export interface SinkListener {
  /** Lines could not be written, and are lost. */
  dropped(lines: number): void;
  /** Lines are written again; so many were lost since it failed. */
  resumed(lost: number): void;
}

const nobody: SinkListener = { dropped: () => undefined, resumed: () => undefined };

export class LineSink {
  readonly #fd: 1 | 2;
  readonly #listener: SinkListener;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isPlanned = false;
  /** Lines that were lost since one was written. */
  #lost = 0;
  /** Whether the last line was written in part and then lost: the next one begins on a line of its own. */
  #isMidLine = false;

  constructor(fd: 1 | 2, listener = nobody) {
    this.#fd = fd;
    this.#listener = listener;
    // Node.js makes pipes and sockets non-blocking when it opens its own stream on them; a full one is EAGAIN then.
    // Its warnings are written there: what it cannot write must not end the process.
    const stream = fd === 1 ? process.stdout : process.stderr;
    stream.on("error", () => undefined);
  }

  /** Takes one line or several. They are written together when the work at hand is done. */
  write(lines: string): void {
    const bytes = Buffer.from(lines);
    if (this.#pendingBytes + bytes.length > MAX_PENDING_BYTES) {
      this.#lose(bytes);
      return;
    }
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => {
      this.#flush();
    });
  }

  /** Writes what waits, before the process ends. Waits for a slow reader for a fifth of a second. */
  flushSync(): void {
    const end = performance.now() + LAST_WAIT_MS;
    while (!this.#writePending() && performance.now() < end) sleep(RETRY_MS);
  }

  #flush(): void {
    this.#isPlanned = !this.#writePending();
    if (!this.#isPlanned) return;
    setTimeout(() => {
      this.#flush();
    }, RETRY_MS).unref();
  }

  /** @returns false where the reader takes no more now */
  #writePending(): boolean {
    while (this.#pendingBytes > 0) {
      const bytes = this.#pending.length === 1 ? (this.#pending[0] ?? empty) : Buffer.concat(this.#pending);
      this.#keep(bytes);
      try {
        const written = writeSync(this.#fd, bytes);
        if (written > 0) this.#isMidLine = bytes[written - 1] !== LINE_FEED;
        this.#keep(bytes.subarray(written));
      } catch (error) {
        if (isFull(error)) return false;
        this.#keep(this.#isMidLine ? Buffer.of(LINE_FEED) : empty);
        this.#isMidLine = false;
        this.#lose(bytes);
        return true;
      }
      this.#resume();
    }
    return true;
  }

  #keep(rest: Buffer): void {
    this.#pending = rest.length === 0 ? [] : [rest];
    this.#pendingBytes = rest.length;
  }

  #lose(bytes: Buffer): void {
    const lines = bytes.toString("latin1").split("\n").length - 1;
    this.#lost += lines;
    this.#listener.dropped(lines);
  }

  #resume(): void {
    if (this.#lost === 0) return;
    const lost = this.#lost;
    this.#lost = 0;
    this.#listener.resumed(lost);
  }
}

const LINE_FEED = 10;
const empty = Buffer.alloc(0);

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
