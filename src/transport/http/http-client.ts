// One try of one call: axios over undici in, an Outcome out. No error of axios leaves this file: they carry the key.
import { Axios } from "axios";
import { Pool } from "undici";
import { decodeBody } from "./body.ts";
import type { Body, Outcome, UpstreamRequest } from "../call.ts";
import { parseRetryAfter } from "./retry-after.ts";
import type { StopSignal } from "../../operation/stop-signal.ts";
import { Call, createUndiciAdapter, NoStatusError, type RawAnswer } from "./undici-adapter.ts";

/** A hundred participants take about 40 kB; a larger answer than this is none of Bird's. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Sends a request once; ends, whatever happens, when the signal stops. */
export type Attempt = (request: UpstreamRequest, signal: StopSignal) => Promise<Outcome>;

export type HttpClient = { attempt: Attempt; close: () => Promise<void> };

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

  const attempt: Attempt = async (request, signal) => {
    const stopped = signal.reason();
    if (stopped !== null) return { kind: "noAnswer", reason: stopped, sent: false };
    try {
      const { status, data } = await axios.request<RawAnswer>({ call: new Call(request, signal) });
      const body = await readBody(data, signal);
      return { kind: "answer", status, body, retryAfterMs: parseRetryAfter(data.retryAfter, Date.now()) };
    } catch (error) {
      const sent = !(error instanceof NoStatusError) || error.sent;
      return { kind: "noAnswer", reason: signal.reason() ?? "unavailable", sent };
    }
  };
  return { attempt, close: () => pool.close() };
}

async function readBody({ body, contentEncoding }: RawAnswer, signal: StopSignal): Promise<Body> {
  if (body.kind === "whole") return decodeBody(body.bytes, contentEncoding, MAX_BODY_BYTES);
  return body.kind === "tooLarge"
    ? { kind: "unreadable" }
    : { kind: "lost", reason: signal.reason() ?? "unavailable" };
}
