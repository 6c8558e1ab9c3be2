// Writes lines to a file descriptor without blocking: with a full disk or a blocked reader, lines are lost, but requests
// are still served.
import { constants, openSync, writeSync } from "node:fs";
import { isatty } from "node:tty";

/** The largest number of bytes that wait for a slow reader. */
const MAX_PENDING_BYTES = 1024 * 1024;
/** Milliseconds until the next attempt to write to a blocked reader. */
const RETRY_MS = 20;
/** Milliseconds that the exit of the process waits for a slow reader. */
const LAST_WAIT_MS = 200;

export interface SinkListener {
  /** Called when lines could not be written and are lost. */
  dropped(lines: number): void;
  /** Called when lines can be written again. `lost` is the number of lines that were lost. */
  resumed(lost: number): void;
}

const noListener: SinkListener = { dropped: () => undefined, resumed: () => undefined };

export class LineSink {
  readonly #fd: number;
  readonly #listener: SinkListener;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #isPlanned = false;
  /** The number of lines lost since the last successful write. */
  #lost = 0;
  /** Whether the last line was written only in part: then a line end is written before the next line. */
  #isMidLine = false;

  constructor(fd: 1 | 2, listener = noListener) {
    this.#fd = isatty(fd) ? openTerminal(fd) : fd;
    this.#listener = listener;
    // Node.js makes pipes and sockets non-blocking when it opens its own stream on them: writing to a full one is then EAGAIN.
    // Node.js writes its warnings to that stream. A warning that cannot be written must not end the process.
    const stream = fd === 1 ? process.stdout : process.stderr;
    stream.on("error", () => undefined);
  }

  /** Queues one or more lines. They are written together, after the current task. */
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

  /** Writes the queued lines before the process exits. It waits 200 ms at most for a slow reader. */
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

  /** @returns false where the reader is blocked */
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

/**
 * Opens a terminal once more, for writing without blocking: a container with `tty: true` has one, and a stopped or slow
 * reader of it must not stop the gateway. The given descriptor stays as it is, because a shell shares its flags.
 */
function openTerminal(fd: number): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    // Without /proc, or as another user than the terminal's owner, it can only be used as it is.
    return fd;
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
