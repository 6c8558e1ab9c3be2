// One try of one call: axios over undici in, an Outcome out. No error of axios leaves this file: they carry the key.
import { Axios } from "axios";
import { Pool } from "undici";
import { decodeBody } from "./body.ts";
import { abortReason } from "./deadline.ts";
import type { LossReason, Outcome, UpstreamRequest } from "./outcome.ts";
import { parseRetryAfter } from "./retry-after.ts";
import { createUndiciAdapter, NoStatusError, type RawBody } from "./undici-adapter.ts";

/** A hundred participants take about 40 kB; a larger answer than this is none of Bird's. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Sends a request once; ends, whatever happens, when the signal is aborted. */
export type Attempt = (request: UpstreamRequest, signal: AbortSignal) => Promise<Outcome>;

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
    if (signal.aborted) return { kind: "noAnswer", reason: abortReason(signal), sent: false };
    try {
      const { method, path: url, authorization, body: data } = request;
      const response = await axios.request<RawBody>({ method, url, authorization, abort: signal, data });
      return {
        kind: "answer",
        status: response.status,
        body: await readBody(response.data, header(response.headers["content-encoding"]), signal),
        retryAfterMs: parseRetryAfter(header(response.headers["retry-after"]), Date.now()),
      };
    } catch (error) {
      return {
        kind: "noAnswer",
        reason: lossReason(signal),
        sent: !(error instanceof NoStatusError) || error.sent,
      };
    }
  };
  return { attempt, close: () => pool.close() };
}

async function readBody(raw: RawBody, encoding: string, signal: AbortSignal) {
  if (raw.kind === "whole") return decodeBody(raw.bytes, encoding, MAX_BODY_BYTES);
  if (raw.kind === "tooLarge") return { kind: "unreadable" } as const;
  return { kind: "lost", reason: lossReason(signal) } as const;
}

function lossReason(signal: AbortSignal): LossReason {
  return signal.aborted ? abortReason(signal) : "unavailable";
}

/** Axios types a header as nearly anything; the adapter sets text. */
function header(value: unknown): string {
  return typeof value === "string" ? value : "";
}
