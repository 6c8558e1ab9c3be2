// Makes one attempt of one call with axios over undici. No error of axios leaves this file, because it contains the key.
import { Axios } from "axios";
import { buildConnector } from "undici";
import type { StopSignal } from "../../operation/stop-signal.ts";
import type { Body, NoResponse, NoResponseCause, NotSent, Response, UpstreamRequest } from "../call.ts";
import type { Holder } from "../strangers.ts";
import { decodeBody } from "./body.ts";
import { Connection, type ConnectionOwner, type Connector } from "./connection.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import { Connections } from "./connections.ts";
import { NoStatusError, type AttemptEnd, type Fields, type RawResponse } from "./exchange.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { createUndiciAdapter, Sending } from "./undici-adapter.ts";

/** The largest response body, in bytes. A page of a hundred participants takes about 40 kB. */
const MAX_BODY_BYTES = 1024 * 1024;

export type { Connection } from "./connection.ts";
export type { AttemptEnd } from "./exchange.ts";

export interface HttpClient {
  /**
   * Takes a connection: at once where one is free, else within the operation's time. The reason is `noConnection` where
   * none was free in time, and `left` or `expired` where the operation is over.
   */
  acquire(wanted: ConnectionRequest): Connection | NotSent | Promise<Connection | NotSent>;
  /** Bird has accepted a credential in a workspace: requests that wait with it go before those of strangers. */
  accept(holder: Holder): void;
  /** Sends a request once. The attempt ends at the latest when the signal stops. */
  attempt(request: UpstreamRequest, options: AttemptOptions): Promise<Response | NoResponse>;
  /** Waits for the attempts on the wire, then closes the connections. */
  close(): Promise<void>;
}

export type AttemptOptions = {
  /** The attempt returns it. */
  connection: Connection;
  /** Ends the attempt, which then gives its reason. */
  signal: StopSignal<AttemptEnd>;
  /** Called when the request is written to the connection. */
  onWritten: () => void;
  /** Called when the status of the response has arrived. Its body may take long. */
  onStatus: (answer: Pick<Response, "status" | "retryAfterMs">) => void;
};

export type HttpClientOptions = {
  /** The root of the API. Its path, if any, is a prefix of every request's path. */
  baseUrl: URL;
  /** Milliseconds that opening a connection may take. */
  connectTimeoutMs: number;
  /** The largest number of connections of all workspaces together. */
  maxConnections: number;
};

/** Creates the client of the process. It never throws for a call: what goes wrong is in the result. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { baseUrl, connectTimeoutMs, maxConnections } = options;
  const adapter = createUndiciAdapter(baseUrl.pathname.replace(/\/+$/, ""));
  const axios = new Axios({ adapter, validateStatus: null });
  const connector: Connector = buildConnector({ timeout: connectTimeoutMs });
  const owner: ConnectionOwner = {
    returned: (connection, isUsable) => {
      connections.release(connection, isUsable);
    },
    closed: (connection) => {
      connections.forgetIdle(connection);
    },
  };
  const connections = new Connections(
    maxConnections,
    (holder) => new Connection(baseUrl.origin, connector, holder, owner),
  );
  return {
    acquire: (wanted) => connections.acquire(wanted),
    accept: (holder) => {
      connections.accept(holder);
    },
    attempt: (request, attemptOptions) => attempt(axios, request, attemptOptions),
    close: () => connections.close(),
  };
}

async function attempt(
  axios: Axios,
  request: UpstreamRequest,
  { connection, signal, onWritten, onStatus }: AttemptOptions,
): Promise<Response | NoResponse> {
  const stopped = signal.reason();
  if (stopped !== null) {
    connection.release();
    return toNoResponse(new NoStatusError(false, "other", false), signal);
  }
  try {
    const sending = new Sending(request, connection, {
      signal,
      onWritten,
      onStatus: (status, fields) => {
        onStatus({ status, retryAfterMs: readRetryAfter(fields) });
      },
      maxBodyBytes: MAX_BODY_BYTES,
    });
    const { status, data } = await axios.request<RawResponse>({ sending });
    const body = await readBody(status, data, signal);
    const { fields, onUsedConnection } = data;
    const response: Response = { kind: "response", status, body, retryAfterMs: readRetryAfter(fields) };
    if (onUsedConnection) response.onUsedConnection = true;
    return response;
  } catch (error) {
    return toNoResponse(error, signal);
  }
}

function readBody(
  status: number,
  { body, fields }: RawResponse,
  signal: StopSignal<AttemptEnd>,
): Body | Promise<Body> {
  if (body.kind === "lost") return { kind: "lost", ...toInterruption(body.brokenBy, signal) };
  if (body.kind === "tooLarge") return { kind: "unreadable" };
  const form = {
    contentEncoding: String(fields["content-encoding"] ?? ""),
    contentType: String(fields["content-type"] ?? ""),
    // Only the details of errors are passed to the caller as they are, so only their numbers must keep every digit.
    exactNumbers: status >= 400,
  };
  return decodeBody(body.bytes, form, MAX_BODY_BYTES);
}

function readRetryAfter(fields: Fields): number | null {
  const retryAfter = fields["retry-after"];
  if (retryAfter === undefined) return null;
  // A proxy may add a Date of its own after Bird's.
  const [date = null] = [fields["date"]].flat();
  return parseRetryAfter([retryAfter].flat(), date, Date.now());
}

function toNoResponse(error: unknown, signal: StopSignal<AttemptEnd>): NoResponse {
  const { sent, brokenBy, staleConnection } =
    error instanceof NoStatusError ? error : new NoStatusError(true, "other", false);
  return { kind: "noResponse", ...toInterruption(brokenBy, signal), sent, staleConnection };
}

function toInterruption(
  brokenBy: NoResponseCause,
  signal: StopSignal<AttemptEnd>,
): Pick<NoResponse, "reason" | "cause"> {
  const reason = signal.reason() ?? "unavailable";
  return { reason, cause: reason === "timeout" ? "timeout" : reason === "unavailable" ? brokenBy : null };
}
