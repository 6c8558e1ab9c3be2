// The way axios reaches the network here: an adapter over an undici pool, at a third of the cost of axios' own.
import { AxiosHeaders, type AxiosAdapter, type AxiosResponse, type InternalAxiosRequestConfig } from "axios";
import type { Dispatcher } from "undici";

declare module "axios" {
  interface AxiosRequestConfig {
    /** The `Authorization` header; not among `headers`, because axios' normalizing of those costs more than the call. */
    authorization?: string;
    /** Ends the call. Not `signal`: axios would replace an outcome that has just arrived by an error of its own. */
    abort?: AbortSignal;
  }
}

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
 * on the body. `response.data` is a `RawBody`; `response.headers` holds the headers the gateway reads.
 *
 * @param prefix what every path begins with, from the base URL
 * @param maxBodyBytes the largest body that is taken, as it comes over the wire
 */
export function createUndiciAdapter(
  dispatcher: Dispatcher,
  prefix: string,
  maxBodyBytes: number,
): AxiosAdapter {
  return (config) =>
    new Promise((resolve, reject) => {
      const settle: Settle = (status, headers, data) => {
        resolve({ status, statusText: "", headers, data, config } satisfies AxiosResponse<RawBody>);
      };
      dispatcher.dispatch(
        toDispatch(config, prefix),
        new Exchange(maxBodyBytes, config.abort, settle, reject),
      );
    });
}

function toDispatch(config: InternalAxiosRequestConfig, prefix: string): Dispatcher.DispatchOptions {
  const headers: Record<string, string> = {
    accept: "application/json",
    "accept-encoding": "gzip, deflate, br",
    "user-agent": "bird-conversations-gateway",
    authorization: config.authorization ?? "",
  };
  const path = prefix + (config.url ?? "");
  if (config.data === undefined) return { method: "GET", path, headers };
  headers["content-type"] = "application/json";
  return {
    method: config.method === "patch" ? "PATCH" : "GET",
    path,
    headers,
    body: JSON.stringify(config.data),
  };
}

type Settle = (status: number, headers: AxiosHeaders, body: RawBody) => void;

/**
 * One request and what comes back, in undici's `dispatch` protocol. `request()`, a level higher, cannot say whether
 * anything was sent, and goes on waiting for a connection after an abort.
 */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #maxBodyBytes: number;
  readonly #signal: AbortSignal | undefined;
  readonly #settle: Settle;
  readonly #reject: (error: NoStatusError) => void;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #answer: { status: number; headers: AxiosHeaders } | undefined;
  #ended = false;

  constructor(
    maxBodyBytes: number,
    signal: AbortSignal | undefined,
    settle: Settle,
    reject: (error: NoStatusError) => void,
  ) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#signal = signal;
    this.#settle = settle;
    this.#reject = reject;
    signal?.addEventListener("abort", this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Aborted while it waited for a connection: undici would send it now.
    if (this.#ended) controller.abort(new Error("aborted"));
    this.#controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // 1xx answers come before the answer.
    if (status < 200) return;
    this.#answer = {
      status,
      headers: new AxiosHeaders({
        "content-encoding": String(headers["content-encoding"] ?? ""),
        "retry-after": String(headers["retry-after"] ?? ""),
      }),
    };
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

  readonly #onAbort = (): void => {
    this.#end({ kind: "lost" });
    this.#controller?.abort(new Error("aborted"));
  };

  #end(body: RawBody): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#signal?.removeEventListener("abort", this.#onAbort);
    if (this.#answer === undefined) this.#reject(new NoStatusError(this.#controller !== undefined));
    else this.#settle(this.#answer.status, this.#answer.headers, body);
  }
}
