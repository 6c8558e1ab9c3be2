// One attempt at one call: axios over undici in, a Response or NoResponse out. No error of axios leaves this file: they
// carry the key.
import { Axios } from "axios";
import { Pool } from "undici";
import type { Operation } from "../../operation/operation.ts";
import type { StopSignal } from "../../operation/stop-signal.ts";
import type { Body, InterruptReason, NoResponse, NotSent, Response, UpstreamRequest } from "../call.ts";
import { decodeBody } from "./body.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { Call, createUndiciAdapter, NoStatusError, type RawAnswer } from "./undici-adapter.ts";

/** A hundred participants take about 40 kB; a larger body than this is none of Bird's. */
const MAX_BODY_BYTES = 1024 * 1024;

export type ConnectionRequest = Pick<UpstreamRequest, "workspaceId" | "credentialId"> & {
  /** Waiting for a connection ends with it. */
  operation: Operation;
  /** Whether the connection must be a new one. */
  fresh: boolean;
};

/** The right to use one connection for one attempt. */
export interface Connection {
  readonly kind: "connection";
  /** No attempt is made on it after all. An attempt gives its connection back by itself. */
  release(): void;
}

export type AttemptOptions = {
  connection: Connection;
  /** Ends the attempt, which then gives its reason. */
  signal: StopSignal<AttemptEnd>;
  /** Called when the request is written to the connection. */
  onWritten: () => void;
};

/** What can end an attempt from outside. */
export type AttemptEnd = Exclude<InterruptReason, "unavailable">;

export interface HttpClient {
  /**
   * Takes a connection, at once where one is free; waits for one fairly, within the operation's time. `noConnection`
   * where none was free in time, `left` or `expired` as soon as the operation is over.
   */
  acquire(wanted: ConnectionRequest): Connection | NotSent | Promise<Connection | NotSent>;
  /** Sends a request once. Ends, whatever happens, when the signal stops. */
  attempt(request: UpstreamRequest, options: AttemptOptions): Promise<Response | NoResponse>;
  /** Waits for what is on the wire, then closes the connections. */
  close(): Promise<void>;
}

/**
 * @param baseUrl the root of the API; its path, if any, stands before every request's path
 * @param connectTimeoutMs after which a connection is given up, when nothing else ended the wait before
 */
export function createHttpClient(baseUrl: URL, connectTimeoutMs: number): HttpClient {
  // The signal bounds every phase of a call; undici's own timers would only bring a second kind of timeout.
  const connect = { timeout: connectTimeoutMs };
  const pool = new Pool(baseUrl.origin, { headersTimeout: 0, bodyTimeout: 0, connect });
  const adapter = createUndiciAdapter(pool, baseUrl.pathname.replace(/\/+$/, ""), MAX_BODY_BYTES);
  const axios = new Axios({ adapter, validateStatus: null });

  const attempt: HttpClient["attempt"] = async (request, { signal, onWritten }) => {
    const stopped = signal.reason();
    if (stopped !== null) return noResponse(stopped, false);
    try {
      const call = new Call(request, signal, onWritten);
      const { status, data } = await axios.request<RawAnswer>({ call });
      const body = await readBody(data, signal);
      return { kind: "response", status, body, retryAfterMs: parseRetryAfter(data.retryAfter, Date.now()) };
    } catch (error) {
      return noResponse(signal.reason() ?? "unavailable", !(error instanceof NoStatusError) || error.sent);
    }
  };
  // The pool makes as many connections as are wanted, so one is always free.
  return { acquire: () => unbounded, attempt, close: () => pool.close() };
}

const unbounded: Connection = { kind: "connection", release: () => undefined };

function noResponse(reason: InterruptReason, sent: boolean): NoResponse {
  const cause = reason === "timeout" ? "timeout" : reason === "unavailable" ? "other" : null;
  return { kind: "noResponse", reason, sent, cause, staleConnection: false };
}

async function readBody({ body, contentEncoding }: RawAnswer, signal: StopSignal<AttemptEnd>): Promise<Body> {
  if (body.kind === "whole") return decodeBody(body.bytes, contentEncoding, MAX_BODY_BYTES);
  return body.kind === "tooLarge"
    ? { kind: "unreadable" }
    : { kind: "lost", reason: signal.reason() ?? "unavailable" };
}
