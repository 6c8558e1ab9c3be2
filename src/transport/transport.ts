// The door to the upstream: takes a request and its operation, returns a CallResult, and never throws.
import * as events from "../observability/events.ts";
import type { Operation } from "../operation/operation.ts";
import { sleep } from "../operation/stop-signal.ts";
import { Attempt, type AttemptParts, type Means } from "./attempt.ts";
import { notSent, type CallResult, type NotSent, type UpstreamRequest } from "./call.ts";
import { createHttpClient } from "./http/http-client.ts";
import { Credentials } from "./limiter/credentials.ts";
import type { Limiter, Quotas } from "./limiter/limiter.ts";
import { MemoryLimiter } from "./limiter/memory-limiter.ts";
import { LinkedList } from "./linked-list.ts";
import { backoffMs, retryDelayMs } from "./retry.ts";
import { Strangers, type Holder } from "./strangers.ts";
import { Workspaces } from "./workspaces.ts";

export interface Transport {
  /**
   * Makes the call, with retries where they are safe. Resolves at the latest when the operation expires. Nothing is sent for
   * an operation that is over.
   */
  send(request: UpstreamRequest, operation: Operation): Promise<CallResult>;
  /** Sends a call again, once, and takes a retry from the workspace's retry share. */
  repeat(request: UpstreamRequest, operation: Operation): Promise<CallResult>;
  /**
   * Waits before a repetition: as long as Bird's `Retry-After` says, else for a random backoff.
   *
   * @returns false, at once, where the operation has too little time
   */
  waitToRepeat(retryAfterMs: number | null, operation: Operation): Promise<boolean>;
  /** Whether Bird has accepted a credential in a workspace. */
  readonly isAccepted: (holder: Holder) => boolean;
  /** Aborts the attempts on the wire, then closes the connections. No operation may wait for a result any more. */
  close(): Promise<void>;
}

export type TransportOptions = {
  /** The root of the upstream API. */
  baseUrl: URL;
  /** Milliseconds that one attempt may take, including the connection and the whole body. */
  attemptTimeoutMs: number;
  quotas: Quotas;
  /** The largest number of connections to the upstream, of all workspaces together. */
  maxConnections: number;
  /** Whether the gateway holds the access keys itself, so that all of them are accepted from the start. */
  holdsKeys: boolean;
};

/** Builds the transport of a process. */
export function createTransport(options: TransportOptions): Transport {
  const { baseUrl, attemptTimeoutMs, maxConnections, quotas, holdsKeys } = options;
  const strangers = new Strangers();
  const credentials = new Credentials({ areHeld: holdsKeys, strangers });
  const limiter = new MemoryLimiter(quotas, credentials);
  const http = createHttpClient({ baseUrl, connectTimeoutMs: attemptTimeoutMs, maxConnections });
  credentials.onAccept((holder) => {
    http.accept(holder);
  });
  const workspaces = new Workspaces(credentials, strangers);
  const running = new LinkedList<Attempt>();
  return new GuardedTransport({ http, limiter, credentials, workspaces, attemptTimeoutMs, running });
}

/** The parts of the transport, replaceable in tests. */
export type TransportParts = AttemptParts & {
  limiter: Limiter;
  credentials: Pick<Credentials, "isAccepted">;
  workspaces: Pick<Workspaces, "of">;
};

/**
 * Checks before every attempt, in this order: the operation is not over, it has a call left, the circuit is closed, there
 * is a permit, there is a connection. Waiting for a permit or a connection costs the operation's time, not the attempt's.
 */
export class GuardedTransport implements Transport {
  readonly #parts: TransportParts;

  constructor(parts: TransportParts) {
    this.#parts = parts;
  }

  readonly isAccepted = (holder: Holder): boolean => this.#parts.credentials.isAccepted(holder);

  async send(request: UpstreamRequest, operation: Operation): Promise<CallResult> {
    let result = await this.#attempt(request, operation, request.fresh === true);
    // The retry share is a share of the calls that were sent, so a call that was not sent does not count.
    if (result.kind !== "notSent") this.#parts.workspaces.of(request).retries.countCall();
    for (let attempts = 1; ; attempts++) {
      const facts = { attempts, remainingMs: operation.remainingMs(), random: Math.random() };
      const delayMs = retryDelayMs(request, result, facts);
      if (delayMs === null) return result;
      const next = await this.#retry(request, operation, delayMs);
      // The retry was not sent, so report the attempt before it: it says what Bird did.
      if (next.kind === "notSent") return result;
      result = next;
    }
  }

  repeat(request: UpstreamRequest, operation: Operation): Promise<CallResult> {
    return this.#retry(request, operation, 0);
  }

  async waitToRepeat(retryAfterMs: number | null, operation: Operation): Promise<boolean> {
    const delayMs = retryAfterMs ?? backoffMs(1, Math.random());
    if (delayMs >= operation.remainingMs()) return false;
    await sleep(delayMs, operation);
    return true;
  }

  async #retry(request: UpstreamRequest, operation: Operation, delayMs: number): Promise<CallResult> {
    const { method, pathTemplate } = request;
    const { retries } = this.#parts.workspaces.of(request);
    if (!retries.take()) return notSent("retriesExhausted");
    let wasSent = false;
    try {
      if (delayMs > 0) await sleep(delayMs, operation);
      const result = await this.#attempt(request, operation, true);
      wasSent = result.kind !== "notSent";
      if (wasSent) events.retry({ method, route: pathTemplate });
      return result;
    } finally {
      retries.end(wasSent);
    }
  }

  close(): Promise<void> {
    for (const attempt of this.#parts.running) attempt.stop();
    return this.#parts.http.close();
  }

  async #attempt(request: UpstreamRequest, operation: Operation, fresh: boolean): Promise<CallResult> {
    if (!operation.takeCall()) return notSent(operation.over() ?? "callsExhausted");
    const result = await this.#attemptOnce(request, operation, fresh);
    if (result.kind === "notSent") operation.giveBackCall();
    if (request.effect !== "read" || !isStale(result)) return result;
    // The connection had died before the call, so Bird has not seen it. Send it again; it costs the operation no second call.
    return this.#attemptOnce(request, operation, true);
  }

  async #attemptOnce(request: UpstreamRequest, operation: Operation, fresh: boolean): Promise<CallResult> {
    const over = operation.over();
    if (over !== null) return notSent(over);
    const { circuit } = this.#parts.workspaces.of(request);
    const entry = circuit.enter();
    if (entry === null) return notSent("circuitOpen", circuit.retryAfterMs());
    try {
      const means = await this.#acquire(request, operation, fresh);
      if (means.kind === "means" && !entry.hasLapsed())
        return await new Attempt(this.#parts, request, entry).send(operation, means);
      entry.end("neither");
      if (means.kind === "notSent") return means;
      means.permit.refund();
      means.connection.release();
      return notSent("circuitOpen", circuit.retryAfterMs());
    } catch (bug) {
      // End the entry in every case: a probe that never ends would keep the circuit open.
      entry.end("neither");
      throw bug;
    }
  }

  /**
   * Gets a permit and a connection for an attempt. The operation may end while it waits. Where its permit lapses
   * meanwhile, it waits for both again.
   */
  async #acquire(
    request: UpstreamRequest,
    operation: Operation,
    fresh: boolean,
  ): Promise<(Means & { kind: "means" }) | NotSent> {
    const { limiter, http, credentials } = this.#parts;
    const { workspaceId, credentialId, effect } = request;
    const permit = await limiter.acquire({ workspaceId, credentialId, effect, operation });
    if (permit.kind === "notSent") {
      if (permit.reason === "quotaExhausted")
        events.quotaExhausted({ method: request.method, route: request.pathTemplate });
      return permit;
    }
    const isStranger = !credentials.isAccepted(request);
    const connection = await http.acquire({
      workspaceId,
      credentialId,
      isStranger,
      fresh,
      effect,
      operation,
    });
    const over = operation.over();
    if (connection.kind === "connection" && over === null && permit.confirm())
      return { kind: "means", permit, connection };
    permit.refund();
    if (connection.kind === "notSent") return connection;
    connection.release();
    return over === null ? this.#acquire(request, operation, fresh) : notSent(over);
  }
}

function isStale(result: CallResult): boolean {
  return result.kind === "noResponse" && result.staleConnection;
}
