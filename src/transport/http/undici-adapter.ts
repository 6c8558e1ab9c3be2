// An axios adapter that sends a request over one connection of the pool. It costs a third of axios' own adapter.
import { AxiosHeaders, type AxiosAdapter, type AxiosResponse } from "axios";
import type { Dispatcher } from "undici";
import type { UpstreamRequest } from "../call.ts";
import type { Connection } from "./connection.ts";
import { Exchange, type ExchangeOptions, type RawResponse } from "./exchange.ts";

declare module "axios" {
  interface AxiosRequestConfig {
    /** The request to send. It is an instance of a class because axios copies plain objects in a config. */
    sending?: Sending;
  }
}

/** A request, the connection to send it on, and the options of its exchange. */
export class Sending {
  readonly request: UpstreamRequest;
  readonly connection: Connection;
  /** Its signal is not passed as axios' `signal`: axios would replace a response that has just arrived by an error. */
  readonly options: Omit<ExchangeOptions, "wire" | "settle" | "reject">;

  constructor(request: UpstreamRequest, connection: Connection, options: Sending["options"]) {
    this.request = request;
    this.connection = connection;
    this.options = options;
  }
}

/**
 * An axios adapter with only what this gateway needs: no redirects, no proxy from the environment, no cookies, and a limit
 * on the body.
 *
 * @param prefix the path of the base URL, which every path begins with
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
      const exchange = new Exchange({ wire: connection, settle, reject, ...options });
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
