// Calls to the upstream, as the layers above see them: a request and a deadline in, an Outcome out, never an exception.
import * as events from "../observability/events.ts";
import { createHttpClient, type HttpClient } from "./attempt.ts";
import type { Deadline } from "./deadline.ts";
import { isCertainlyUnprocessed, isServerError, type Outcome, type UpstreamRequest } from "./outcome.ts";
import { retryDelayMs } from "./retry-policy.ts";
import { sleep, withTimeout } from "./stop-signal.ts";
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
};

export function createTransport({ baseUrl, attemptTimeoutMs }: TransportOptions): Transport {
  const client = createHttpClient(baseUrl, attemptTimeoutMs);
  const workspaceOf = createWorkspaces();

  const send = async (request: UpstreamRequest, deadline: Deadline): Promise<Outcome> => {
    const { method, route } = request;
    const { breaker, retries } = workspaceOf(request.workspaceId);
    const attempt = () => observedAttempt(client, request, deadline, attemptTimeoutMs);
    retries.countCall();
    let outcome = await breaker.run(attempt);
    for (let made = 1; ; made++) {
      const delay = retryDelayMs(method, outcome, made, deadline.remainingMs(), Math.random());
      if (delay === null || !retries.takeRetry()) return outcome;
      events.retry({ method, route });
      await sleep(delay, deadline.signal);
      if (deadline.signal.reason() !== null) return outcome;
      const next = await breaker.run(attempt);
      // The first try of an update may have been applied all the same; that it was refused now says nothing of it.
      if (method === "PATCH" && isServerError(outcome) && isCertainlyUnprocessed(next)) return outcome;
      outcome = next;
    }
  };
  return { send, close: client.close };
}

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
