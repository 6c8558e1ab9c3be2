// One request and its response on one connection, as a handler of undici's `dispatch`.
import type { Dispatcher } from "undici";
import type { StopSignal } from "../../operation/stop-signal.ts";
import type { InterruptReason, NoResponseCause } from "../call.ts";
import { toNoResponseCause } from "./no-response-cause.ts";

/** The reasons for which the caller of an exchange ends it. */
export type AttemptEnd = Exclude<InterruptReason, "unavailable">;

/** The interface between an exchange and its connection. */
export interface Wire {
  /** Called when the request is written. @returns whether this connection has carried a response before */
  begin(): boolean;
  /** The number of bytes that have arrived since `begin`. */
  receivedBytes(): number;
  /**
   * Called when the exchange is over.
   *
   * @param isUsable whether the response arrived completely
   * @param isError whether its status is 400 or above
   */
  end(isUsable: boolean, isError: boolean): void;
}

/** The fields of a response by lower-case name. A field that is sent several times has several values. */
export type Fields = Readonly<Record<string, string | string[] | undefined>>;

/** A response before decoding. */
export type RawResponse = {
  fields: Fields;
  /** Whether the connection had carried a response before. */
  onUsedConnection: boolean;
  body: RawBody;
};

/** The raw body of a response, or why there is none. */
export type RawBody =
  { kind: "whole"; bytes: Buffer } | { kind: "tooLarge" } | { kind: "lost"; brokenBy: NoResponseCause };

/** No status arrived. The error contains nothing of the request. */
export class NoStatusError extends Error {
  /** False only where not a byte of the request was written to a connection. */
  readonly sent: boolean;
  readonly brokenBy: NoResponseCause;
  /** The connection had carried a response before and failed before the first byte of this one. */
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
  /** Called when the status and the fields of the response have arrived. */
  onStatus: (status: number, fields: Fields) => void;
  maxBodyBytes: number;
  settle: (status: number, response: RawResponse) => void;
  reject: (error: NoStatusError) => void;
};

/**
 * Handles the events of one request. undici's `request()` is not used, because it does not tell whether anything was sent
 * and goes on waiting for a connection after an abort.
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
    // The exchange was stopped while the connection was being opened. Abort, or undici would send the request now.
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
    this.#options.onStatus(status, fields);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#options.maxBodyBytes) {
      this.#chunks.push(chunk);
      return;
    }
    this.#end({ kind: "tooLarge" });
    controller.abort(new Error("body too large"));
  }

  onResponseEnd(): void {
    const [only] = this.#chunks;
    const bytes =
      only !== undefined && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks, this.#size);
    this.#end({ kind: "whole", bytes });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // undici rejects a length in a response without a body, but its head is the whole response (RFC 9112, 6.3).
    if (this.#status === 204 || this.#status === 304) this.#end({ kind: "whole", bytes: Buffer.alloc(0) });
    else this.#end({ kind: "lost", brokenBy: toNoResponseCause(error) });
  }

  readonly #onStop = (): void => {
    this.#end({ kind: "lost", brokenBy: "timeout" });
    this.#controller?.abort(new Error("stopped"));
  };

  #end(body: RawBody): void {
    if (this.#ended) return;
    this.#ended = true;
    const { signal, wire, settle, reject } = this.#options;
    signal.unlisten(this.#onStop);
    const isStopped = signal.reason() !== null;
    const isStale = this.#isReused && !isStopped && wire.receivedBytes() === 0;
    wire.end(body.kind === "whole", (this.#status ?? 0) >= 400);
    const brokenBy = body.kind === "lost" ? body.brokenBy : "other";
    if (this.#status === undefined)
      reject(new NoStatusError(this.#controller !== undefined, brokenBy, isStale));
    else settle(this.#status, { fields: this.#fields, onUsedConnection: this.#isReused, body });
  }
}
