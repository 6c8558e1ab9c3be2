// One attempt at a call, from the moment it has a permit and a connection until it ends. The circuit and the limiter learn
// from its result.
import * as events from "../observability/events.ts";
import type { Operation, OperationEnd } from "../operation/operation.ts";
import { StopSignal } from "../operation/stop-signal.ts";
import { timers } from "../operation/timers.ts";
import {
  isInterrupted,
  isServerError,
  type CallResult,
  type NoResponse,
  type Response,
  type UpstreamRequest,
} from "./call.ts";
import type { CircuitEntry, Verdict } from "./circuit.ts";
import type { AttemptEnd, AttemptOptions, Connection, HttpClient } from "./http/http-client.ts";
import { PAUSE_MS, type Permit } from "./limiter/limiter.ts";
import { Link, type LinkedList } from "./linked-list.ts";

/** What an attempt needs before it can be made. */
export type Means = { permit: Permit; connection: Connection };

/** What all attempts share. */
export type AttemptParts = {
  http: HttpClient;
  /** Milliseconds that an attempt may take, opening its connection included. Its wait for the pool does not count. */
  attemptTimeoutMs: number;
  /** The attempts on the wire. An attempt can outlive its operation. */
  running: LinkedList<Attempt>;
};

/** One attempt. It ends its circuit entry in every case. */
export class Attempt {
  readonly #parts: AttemptParts;
  readonly #request: UpstreamRequest;
  readonly #entry: CircuitEntry;
  readonly #signal = new StopSignal<AttemptEnd>();
  readonly #link = new Link<Attempt>(this);
  #isWritten = false;

  constructor(parts: AttemptParts, request: UpstreamRequest, entry: CircuitEntry) {
    this.#parts = parts;
    this.#request = request;
    this.#entry = entry;
  }

  /**
   * Sends the request. Resolves when the attempt ends, or earlier with `expired` or `left` when the operation is over
   * and the attempt goes on without it: see `#goesOn`.
   */
  send(operation: Operation, means: Means): Promise<Response | NoResponse> {
    return new Promise((resolve, reject) => {
      const onOver = (end: OperationEnd) => {
        if (!this.#goesOn(means.permit)) this.#signal.stop(end);
        else if (!this.#isWaitedFor(end)) resolve(interrupted(end));
      };
      operation.listen(onOver);
      this.#run(means)
        .finally(() => {
          operation.unlisten(onOver);
        })
        .then(resolve, reject);
    });
  }

  /** Aborts the attempt in any state, because the process stops. */
  stop(): void {
    this.#signal.stop("expired");
  }

  /**
   * Whether the attempt goes on although its operation is over. An update on the wire is finished, so that its result is
   * known; a probe on the wire is finished, because it decides whether the circuit closes or a pause ends.
   */
  #goesOn(permit: Permit): boolean {
    return this.#isWritten && (this.#request.effect === "write" || this.#entry.isProbe || permit.isProbe);
  }

  /** After its caller left, an operation stays in flight until its update has ended. An expired operation is answered now. */
  #isWaitedFor(end: OperationEnd): boolean {
    return end === "left" && this.#request.effect === "write";
  }

  async #run({ permit, connection }: Means): Promise<Response | NoResponse> {
    const { http, attemptTimeoutMs, running } = this.#parts;
    running.append(this.#link);
    const onWritten = () => {
      this.#isWritten = true;
      permit.release();
    };
    // The limiter learns from the status at once: the next call of the connection must not be sent when Bird has said 429.
    const onStatus: AttemptOptions["onStatus"] = (answer) => {
      permit.answered(withPause(answer));
    };
    const timer = timers.schedule(attemptTimeoutMs, () => {
      this.#signal.stop("timeout");
    });
    const beginMs = performance.now();
    try {
      const ended = await http.attempt(this.#request, {
        connection,
        signal: this.#signal,
        onWritten,
        onStatus,
      });
      const result = ended.kind === "response" ? withPause(ended) : ended;
      const durationMs = performance.now() - beginMs;
      settle(permit, result);
      this.#entry.end(verdictOf(result, durationMs >= attemptTimeoutMs / 2));
      tellAttempt(this.#request, result, durationMs);
      return result;
    } finally {
      timers.cancel(timer);
      running.remove(this.#link);
      // Only a bug gets here before the entry has ended. End it, since a probe that never ends would keep the circuit open.
      this.#entry.end("neither");
    }
  }
}

/**
 * Takes a 429 that names no time to wait, or 0, to mean a second: for so long the limiter sends nothing. Calls that were sent
 * at once would all be rejected.
 */
function withPause<Answer extends Pick<Response, "status" | "retryAfterMs">>(answer: Answer): Answer {
  if (answer.status !== 429) return answer;
  const asked = answer.retryAfterMs ?? 0;
  return { ...answer, retryAfterMs: asked === 0 ? PAUSE_MS : asked };
}

/** Ends the use of the permit: a call that was not sent gives it back. */
function settle(permit: Permit, result: Response | NoResponse): void {
  if (result.kind === "noResponse" && !result.sent) permit.refund();
  else permit.release();
}

function interrupted(end: OperationEnd): NoResponse {
  return { kind: "noResponse", reason: end, sent: true, cause: null, staleConnection: false };
}

/**
 * The verdict of an attempt on Bird. 5xx, connection failures and attempt timeouts are failures. An attempt that ended with
 * its operation is neither, except where the caller left after half of the attempt's time: callers with short timeouts must
 * not hide that Bird hangs.
 */
function verdictOf(result: CallResult, wasHalfTimeOver: boolean): Verdict {
  if (result.kind === "notSent") return "neither";
  if (result.kind === "noResponse" && (result.staleConnection || result.cause === "resources"))
    return "neither";
  if (isInterrupted(result) || isServerError(result)) return "failure";
  if (result.kind === "response") return result.body.kind === "lost" ? "neither" : "success";
  return result.reason === "left" && wasHalfTimeOver ? "failure" : "neither";
}

/** Reports the attempt. One that was not sent has no duration, since it says nothing about Bird. */
function tellAttempt(
  { method, pathTemplate: route }: UpstreamRequest,
  result: Response | NoResponse,
  durationMs: number,
) {
  if (result.kind === "response") {
    events.upstreamAttempt({ method, route, result: String(result.status), durationMs });
    const cause = result.body.kind === "lost" ? (result.body.cause ?? null) : null;
    if (cause !== null) events.noResponse({ method, route, cause, sent: true, staleConnection: false });
    return;
  }
  const { reason, sent, cause, staleConnection } = result;
  if (sent) events.upstreamAttempt({ method, route, result: reason, durationMs });
  if (cause !== null) events.noResponse({ method, route, cause, sent, staleConnection });
}
