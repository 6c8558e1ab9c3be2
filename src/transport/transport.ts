// The door to the upstream: a request and an operation in, a CallResult out, never an exception.
import * as events from "../observability/events.ts";
import type { Operation } from "../operation/operation.ts";
import { sleep, StopSignal } from "../operation/stop-signal.ts";
import { timers } from "../operation/timers.ts";
import {
  isCertainlyUnprocessed,
  isServerError,
  isUpstreamTrouble,
  notSent,
  type CallResult,
  type NoResponse,
  type NotSent,
  type Response,
  type UpstreamRequest,
} from "./call.ts";
import type { Verdict } from "./circuit.ts";
import { createHttpClient, type AttemptEnd, type Connection, type HttpClient } from "./http/http-client.ts";
import { Credentials } from "./limiter/credentials.ts";
import type { Limiter, Permit, Quotas } from "./limiter/limiter.ts";
import { MemoryLimiter } from "./limiter/memory-limiter.ts";
import { retryDelayMs } from "./retry.ts";
import { Workspaces } from "./workspaces.ts";

export interface Transport {
  /** Makes the call, with retries where they are safe; resolves with its result, when the operation is over at the latest. */
  send(request: UpstreamRequest, operation: Operation): Promise<CallResult>;
  /** Waits for what is on the wire, then closes the connections. */
  close(): Promise<void>;
}

export type TransportOptions = {
  /** The root of the upstream API. */
  baseUrl: URL;
  /** Milliseconds one attempt may take, connection and whole body included. */
  attemptTimeoutMs: number;
  quotas: Quotas;
  /** Whether the gateway holds the access keys itself, so that none of them is a stranger's. */
  holdsKeys: boolean;
};

/** Builds the transport of a process. */
export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, attemptTimeoutMs, quotas, holdsKeys } = options;
  const credentials = new Credentials({ areHeld: holdsKeys });
  const limiter = new MemoryLimiter(quotas, credentials);
  const http = createHttpClient(baseUrl, attemptTimeoutMs);
  const workspaces = new Workspaces(credentials);
  return new GuardedTransport({ http, limiter, workspaces, attemptTimeoutMs });
}

type Parts = {
  http: HttpClient;
  limiter: Limiter;
  workspaces: Workspaces;
  attemptTimeoutMs: number;
};

/**
 * The order of every attempt: is the operation alive, may it cause a call, is the circuit closed, is there a permit, is
 * there a connection. Waiting for a permit or a connection costs the operation's time, not the attempt's.
 */
class GuardedTransport implements Transport {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async send(request: UpstreamRequest, operation: Operation): Promise<CallResult> {
    const { effect, method, pathTemplate } = request;
    const { retries } = this.#parts.workspaces.of(request);
    retries.countCall();
    let result = await this.#attempt(request, operation, false);
    for (let attempts = 1; ; attempts++) {
      const facts = { attempts, remainingMs: operation.remainingMs(), random: Math.random() };
      const delayMs = retryDelayMs(effect, result, facts);
      if (delayMs === null || !retries.take()) return result;
      events.retry({ method, route: pathTemplate });
      await sleep(delayMs, operation);
      if (operation.over() !== null) return result;
      const next = await this.#attempt(request, operation, true);
      // The retry was not sent, so report the attempt before it: it says what Bird did.
      if (next.kind === "notSent") return result;
      // The first update may have been applied although the second one was not.
      if (effect === "write" && isServerError(result) && isCertainlyUnprocessed(next)) return result;
      result = next;
    }
  }

  close(): Promise<void> {
    return this.#parts.http.close();
  }

  async #attempt(request: UpstreamRequest, operation: Operation, fresh: boolean): Promise<CallResult> {
    const over = operation.over();
    if (over !== null) return notSent(over);
    if (operation.callsLeft() <= 0) return notSent("callsExhausted");
    const { circuit } = this.#parts.workspaces.of(request);
    const entry = circuit.enter();
    if (entry === null) return notSent("circuitOpen", circuit.retryAfterMs());
    operation.takeCall();
    const result = await this.#sendWithinLimits(request, operation, fresh);
    entry.end(verdictOf(result));
    return result;
  }

  async #sendWithinLimits(
    request: UpstreamRequest,
    operation: Operation,
    fresh: boolean,
  ): Promise<CallResult> {
    const { limiter, http } = this.#parts;
    const permit = await limiter.acquire({ ...request, operation });
    if (permit.kind === "notSent") return this.#tellRejected(request, permit);
    const connection = await http.acquire({ ...request, operation, fresh });
    if (connection.kind === "notSent") {
      permit.refund();
      return connection;
    }
    const result = await this.#sendOnce(request, operation, { permit, connection });
    settle(permit, result);
    return result;
  }

  #tellRejected({ method, pathTemplate }: UpstreamRequest, rejected: NotSent): NotSent {
    if (rejected.reason === "quotaExhausted") events.budgetRefused({ method, route: pathTemplate });
    return rejected;
  }

  async #sendOnce(
    request: UpstreamRequest,
    operation: Operation,
    { permit, connection }: { permit: Permit; connection: Connection },
  ): Promise<Response | NoResponse> {
    const { http, attemptTimeoutMs } = this.#parts;
    const signal = new StopSignal<AttemptEnd>();
    const stop = (reason: AttemptEnd) => {
      signal.stop(reason);
    };
    // An update that is on the wire is finished, whether or not its caller still waits for it.
    if (request.effect === "read") operation.listen(stop);
    const timer = timers.schedule(attemptTimeoutMs, () => {
      stop("timeout");
    });
    const beginMs = performance.now();
    const onWritten = () => {
      permit.release();
    };
    const result = await http.attempt(request, { connection, signal, onWritten });
    timers.cancel(timer);
    operation.unlisten(stop);
    tellAttempt(request, result, performance.now() - beginMs);
    return result;
  }
}

function settle(permit: Permit, result: Response | NoResponse): void {
  if (result.kind === "noResponse" && !result.sent) permit.refund();
  else permit.release();
  if (result.kind === "response") permit.answered(result);
}

function verdictOf(result: CallResult): Verdict {
  if (result.kind === "notSent") return "neither";
  if (result.kind === "noResponse" && (result.reason === "left" || result.reason === "expired"))
    return "neither";
  return isUpstreamTrouble(result) ? "failure" : "success";
}

function tellAttempt(
  { method, pathTemplate }: UpstreamRequest,
  result: Response | NoResponse,
  durationMs: number,
) {
  const name = result.kind === "response" ? String(result.status) : result.reason;
  events.upstreamAttempt({ method, route: pathTemplate, result: name, durationMs });
}
