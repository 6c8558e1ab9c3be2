// The way axios reaches the network here: an adapter over one connection, at a third of the cost of axios' own.
import { AxiosHeaders, type AxiosAdapter, type AxiosResponse } from "axios";
import type { Dispatcher } from "undici";
import type { UpstreamRequest } from "../call.ts";
import type { Connection } from "./connection.ts";
import { Exchange, type ExchangeOptions, type RawResponse } from "./exchange.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** What is sent. One key, and a class, because axios merges and copies whatever else a config holds. */
    sending?: Sending;
  }
}

/** A request, the connection to send it on, and what its exchange needs. */
export class Sending {
  readonly request: UpstreamRequest;
  readonly connection: Connection;
  /** Its signal is not axios' `signal`: axios would replace a response that has just arrived by an error of its own. */
  readonly options: Omit<ExchangeOptions, "wire" | "settle" | "reject">;

  constructor(request: UpstreamRequest, connection: Connection, options: Sending["options"]) {
    this.request = request;
    this.connection = connection;
    this.options = options;
  }
}

/**
 * An axios adapter with only what this gateway needs: no redirects, no proxy from the environment, no cookies, a cap
 * on the body.
 *
 * @param prefix what every path begins with, from the base URL
 */
export function createUndiciAdapter(prefix: string): AxiosAdapter {
  const headers = new AxiosHeaders();
  return (config) =>
    new Promise((resolve, reject) => {
      const { sending } = config;
      if (sending === undefined) throw new Error("every request of this client has something to send");
      const settle = (status: number, data: RawResponse) => {
        resolve({ status, statusText: "", headers, data, config } satisfies AxiosResponse<RawResponse>);
      };
      const { request, connection, options } = sending;
      const exchange = new Exchange({ ...options, wire: connection, settle, reject });
      connection.dispatch(toDispatch(request, prefix), exchange);
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
