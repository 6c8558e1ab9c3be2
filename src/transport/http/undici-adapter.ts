// The way axios reaches the network here: an adapter over an undici pool, at a third of the cost of axios' own.
import { AxiosHeaders, type AxiosAdapter, type AxiosResponse } from "axios";
import type { Dispatcher } from "undici";
import type { UpstreamRequest } from "../call.ts";
import type { StopSignal } from "../../operation/stop-signal.ts";
import type { AttemptEnd } from "./http-client.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** The call to make. One key, and a class, because axios merges and copies whatever else a config holds. */
    call?: Call;
  }
}

/** What the adapter is to do. */
export class Call {
  readonly request: UpstreamRequest;
  /** Ends the call. Not axios' `signal`: axios would replace a response that has just arrived by an error of its own. */
  readonly signal: StopSignal<AttemptEnd>;
  /** Called when the request is written to the connection. */
  readonly onWritten: () => void;

  constructor(request: UpstreamRequest, signal: StopSignal<AttemptEnd>, onWritten: () => void) {
    this.request = request;
    this.signal = signal;
    this.onWritten = onWritten;
  }
}

/** What the adapter resolves with as `response.data`: the parts of an answer that the gateway reads. */
export type RawAnswer = { contentEncoding: string; retryAfter: string | undefined; body: RawBody };

/** The raw body of an answer, or why there is none. */
export type RawBody = { kind: "whole"; bytes: Buffer } | { kind: "tooLarge" } | { kind: "lost" };

/** What the adapter rejects with: no status arrived. It carries nothing of the request. */
export class NoStatusError extends Error {
  /** False only where not a byte of the request was written to a connection. */
  readonly sent: boolean;

  constructor(sent: boolean) {
    super("no answer arrived");
    this.sent = sent;
  }
}

/**
 * An axios adapter with only what this gateway needs: no redirects, no proxy from the environment, no cookies, a cap
 * on the body.
 *
 * @param prefix what every path begins with, from the base URL
 * @param maxBodyBytes the largest body that is taken, as it comes over the wire
 */
export function createUndiciAdapter(
  dispatcher: Dispatcher,
  prefix: string,
  maxBodyBytes: number,
): AxiosAdapter {
  const headers = new AxiosHeaders();
  return (config) =>
    new Promise((resolve, reject) => {
      const { call } = config;
      if (call === undefined) throw new Error("every request of this client is a Call");
      const settle: Settle = (status, data) => {
        resolve({ status, statusText: "", headers, data, config } satisfies AxiosResponse<RawAnswer>);
      };
      const exchange = new Exchange(maxBodyBytes, call, settle, reject);
      dispatcher.dispatch(toDispatch(call.request, prefix), exchange);
    });
}

function toDispatch(request: UpstreamRequest, prefix: string): Dispatcher.DispatchOptions {
  const { method, authorization, body } = request;
  const headers: Record<string, string> = {
    accept: "application/json",
    "accept-encoding": "gzip, deflate, br",
    "user-agent": "bird-conversations-gateway",
    authorization,
  };
  const path = prefix + request.path;
  if (body === undefined) return { method, path, headers };
  headers["content-type"] = "application/json";
  return { method, path, headers, body: JSON.stringify(body) };
}

type Settle = (status: number, answer: RawAnswer) => void;
type Head = { status: number; contentEncoding: string; retryAfter: string | undefined };

/**
 * One request and what comes back, in undici's `dispatch` protocol. `request()`, a level higher, cannot say whether
 * anything was sent, and goes on waiting for a connection after an abort.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #maxBodyBytes: number;
  readonly #call: Call;
  readonly #settle: Settle;
  readonly #reject: (error: NoStatusError) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #head: Head | undefined;
  #ended = false;

  constructor(maxBodyBytes: number, call: Call, settle: Settle, reject: (error: NoStatusError) => void) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#call = call;
    this.#settle = settle;
    this.#reject = reject;
    call.signal.listen(this.#onStop);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Stopped while it waited for a connection: undici would send it now.
    if (this.#ended) controller.abort(new Error("stopped"));
    else this.#call.onWritten();
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx answers come before the answer.
    if (status < 200) return;
    const contentEncoding = single(headers["content-encoding"]) ?? "";
    this.#head = { status, contentEncoding, retryAfter: single(headers["retry-after"]) };
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#maxBodyBytes) {
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

  onResponseError(): void {
    this.#end({ kind: "lost" });
  }

  readonly #onStop = (): void => {
    this.#end({ kind: "lost" });
    this.#controller?.abort(new Error("stopped"));
  };

  #end(body: RawBody): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#call.signal.unlisten(this.#onStop);
    if (this.#head === undefined) {
      this.#reject(new NoStatusError(this.#controller !== undefined));
      return;
    }
    const { status, contentEncoding, retryAfter } = this.#head;
    this.#settle(status, { contentEncoding, retryAfter, body });
  }
}

/** A header that is sent twice means nothing that could be relied on. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
