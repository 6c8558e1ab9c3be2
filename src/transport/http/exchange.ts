// One request and its response on one connection, in undici's `dispatch` protocol.
import type { Dispatcher } from "undici";
import type { StopSignal } from "../../operation/stop-signal.ts";
import type { InterruptReason, NoResponseCause } from "../call.ts";
import { toNoResponseCause } from "./no-response-cause.ts";

/** What can end an attempt from outside. */
export type AttemptEnd = Exclude<InterruptReason, "unavailable">;

/** What the exchange is told by the connection that it runs on, and tells it. */
export interface Wire {
  /** The request is written now. @returns whether this connection has carried a response before */
  begin(): boolean;
  /** Bytes that have arrived since `begin`. */
  receivedBytes(): number;
  /** The exchange is over. @param isUsable whether the response came whole */
  end(isUsable: boolean): void;
}

/** The fields of a response by lower-case name. A field that is sent several times has several values. */
export type Fields = Readonly<Record<string, string | string[] | undefined>>;

/** A response as it came. */
export type RawResponse = {
  fields: Fields;
  /** Whether the connection had carried a response before. */
  onUsedConnection: boolean;
  body: RawBody;
};

/** The raw body of a response, or why there is none. */
export type RawBody = { kind: "whole"; bytes: Buffer } | { kind: "tooLarge" } | { kind: "lost" };

/** No status arrived. It carries nothing of the request. */
export class NoStatusError extends Error {
  /** False only where not a byte of the request was written to a connection. */
  readonly sent: boolean;
  readonly brokenBy: NoResponseCause;
  /** A connection that had carried a response before failed before one byte of this one. */
  readonly staleConnection: boolean;

  constructor(sent: boolean, brokenBy: NoResponseCause, staleConnection: boolean) {
    super("no response arrived");
    this.sent = sent;
    this.brokenBy = brokenBy;
    this.staleConnection = staleConnection;
  }
}

export type ExchangeOptions = {
  wire: Wire;
  signal: StopSignal<AttemptEnd>;
  /** Called when the request is written. */
  onWritten: () => void;
  maxBodyBytes: number;
  settle: (status: number, response: RawResponse) => void;
  reject: (error: NoStatusError) => void;
};

/**
 * undici's `request()`, a level higher, cannot tell whether anything was sent, and goes on waiting for a connection after
 * an abort.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #isReused = false;
  #status: number | undefined;
  #fields: Fields = {};
  #ended = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    options.signal.listen(this.#onStop);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It was stopped while the connection was being made: undici would send it now.
    if (this.#ended) {
      controller.abort(new Error("stopped"));
      return;
    }
    this.#controller = controller;
    this.#isReused = this.#options.wire.begin();
    this.#options.onWritten();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, fields: Fields): void {
    this.#status = status;
    this.#fields = fields;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#options.maxBodyBytes) {
      this.#chunks.push(chunk);
      return;
    }
    this.#end({ kind: "tooLarge" }, "protocol");
    controller.abort(new Error("body too large"));
  }

  onResponseEnd(): void {
    const [only] = this.#chunks;
    const bytes =
      only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#size);
    this.#end({ kind: "whole", bytes }, "other");
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end({ kind: "lost" }, toNoResponseCause(error));
  }

  readonly #onStop = (): void => {
    this.#end({ kind: "lost" }, "timeout");
    this.#controller?.abort(new Error("stopped"));
  };

  /** @param cause what broke, where no status has arrived */
  #end(body: RawBody, cause: NoResponseCause): void {
    if (this.#ended) return;
    this.#ended = true;
    const { signal, wire, settle, reject } = this.#options;
    signal.unlisten(this.#onStop);
    const isStopped = signal.reason() !== null;
    const isStale = this.#isReused && !isStopped && wire.receivedBytes() === 0;
    wire.end(body.kind === "whole");
    if (this.#status === undefined) reject(new NoStatusError(this.#controller !== undefined, cause, isStale));
    else settle(this.#status, { fields: this.#fields, onUsedConnection: this.#isReused, body });
  }
}
