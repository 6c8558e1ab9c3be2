// Calls to the upstream, as the layers above see them: a request and a deadline in, an Outcome out, never an exception.
import * as events from "../observability/events.ts";
import { createHttpClient } from "./attempt.ts";
import type { Deadline } from "./deadline.ts";
import type { Outcome, UpstreamRequest } from "./outcome.ts";

export interface Transport {
  /** Resolves with what came of the call, at the deadline at the latest. */
  send(request: UpstreamRequest, deadline: Deadline): Promise<Outcome>;
  /** Cuts what is still under way. */
  close(): Promise<void>;
}

/** @param baseUrl the root of the upstream API */
export function createTransport({ baseUrl }: { baseUrl: URL }): Transport {
  const client = createHttpClient(baseUrl);
  return {
    send: async (request, deadline) => {
      const begin = performance.now();
      const outcome = await client.attempt(request, deadline.signal);
      events.upstreamAttempt({
        method: request.method,
        route: request.route,
        result: outcome.kind === "answer" ? String(outcome.status) : outcome.reason,
        durationMs: performance.now() - begin,
      });
      return outcome;
    },
    close: client.close,
  };
}
