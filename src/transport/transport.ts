// Calls to the upstream, as the layers above see them: a request and a deadline in, an Outcome out, never an exception.
import * as events from "../observability/events.ts";
import type { Quotas } from "./limiter/budget.ts";
import { createHttpClient, type HttpClient } from "./http/http-client.ts";
import type { Deadline } from "../operation/operation.ts";
import {
  isCertainlyUnprocessed,
  isServerError,
  type Outcome,
  type Refused,
  type UpstreamRequest,
} from "./call.ts";
import { retryDelayMs } from "./retry.ts";
import { sleep, withTimeout } from "../operation/stop-signal.ts";
import { createWorkspaces } from "./workspaces.ts";

export interface Transport {
  /** Makes the call, with retries where they are safe; resolves with what came of it, at the deadline at the latest. */
  send(request: UpstreamRequest, deadline: Deadline): Promise<Outcome>;
  /** Waits for what is on the wire, then closes the connections. */
  close(): Promise<void>;
}

export type TransportOptions = {
  /** The root of the upstream API. */
  baseUrl: URL;
  /** Milliseconds one attempt may take, connection and whole body included. */
  attemptTimeoutMs: number;
  quotas: Quotas;
};

export function createTransport({ baseUrl, attemptTimeoutMs, quotas }: TransportOptions): Transport {
  const client = createHttpClient(baseUrl, attemptTimeoutMs);
  const workspaceOf = createWorkspaces(quotas);

  const send = async (request: UpstreamRequest, deadline: Deadline): Promise<Outcome> => {
    const { method, route } = request;
    const { breaker, retries, budget } = workspaceOf(request.workspaceId);
    const attempt = async () => {
      if (!deadline.takeCall()) return operationBudgetExhausted;
      const permit = await budget.take(request, deadline);
      if (permit.kind === "refused") return permit;
      const made = await breaker.run(() => observedAttempt(client, request, deadline, attemptTimeoutMs));
      permit.done(made);
      return made;
    };
    retries.countCall();
    let outcome = await attempt();
    for (let made = 1; ; made++) {
      const delay = retryDelayMs(method, outcome, made, deadline.remainingMs(), Math.random());
      if (delay === null || !retries.takeRetry()) return outcome;
      events.retry({ method, route });
      await sleep(delay, deadline.signal);
      if (deadline.signal.reason() !== null) return outcome;
      const next = await attempt();
      // What came of the first try says more than that there was no second. Of an update it may have been applied, too.
      if (next.kind === "refused") return outcome;
      if (method === "PATCH" && isServerError(outcome) && isCertainlyUnprocessed(next)) return outcome;
      outcome = next;
    }
  };
  return { send, close: client.close };
}

/** The same operation would only run into it again, so no time to wait is named. */
const operationBudgetExhausted: Refused = { kind: "refused", reason: "budgetExhausted", retryAfterMs: null };

async function observedAttempt(
  client: HttpClient,
  request: UpstreamRequest,
  deadline: Deadline,
  timeoutMs: number,
): Promise<Outcome> {
  const { method, route } = request;
  const begin = performance.now();
  // An update that is on the wire is finished, whoever still waits for it.
  const outer = method === "PATCH" ? deadline.expiry : deadline.signal;
  const outcome = await withTimeout(outer, timeoutMs, (signal) => client.attempt(request, signal));
  const result = outcome.kind === "answer" ? String(outcome.status) : outcome.reason;
  events.upstreamAttempt({ method, route, result, durationMs: performance.now() - begin });
  return outcome;
}
