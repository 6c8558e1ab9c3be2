// What a workspace may spend at Bird: a place for every call before it is made.
import { LRUCache } from "lru-cache";
import { RateLimiterMemory } from "rate-limiter-flexible";
import * as events from "../../observability/events.ts";
import type { Deadline } from "../../operation/operation.ts";
import { Gate, MAX_WAIT_MS, type Place } from "./gate.ts";
import type { Outcome, Refused, UpstreamRequest } from "../call.ts";

/** Calls a second and workspace; Bird allows 50 GET and 500 POST ("Rate Limit", docs.bird.com). */
export type Quotas = { readsPerSecond: number; writesPerSecond: number };

/** The share of a workspace's reads for callers whose key Bird has not accepted yet. */
const STRANGERS_SHARE = 0.1;
const MAX_ACCEPTED = 100_000;

/** The right to make one call; `done` says what came of it. */
export type Permit = { kind: "permit"; done: (outcome: Outcome) => void };

export interface Budget {
  /** Waits for the right to make a call. */
  take(request: UpstreamRequest, deadline: Deadline): Promise<Permit | Refused>;
}

/** Makes the budgets of all workspaces, which count in one store. */
export function createBudgets({ readsPerSecond, writesPerSecond }: Quotas): (workspaceId: string) => Budget {
  const limiter = new RateLimiterMemory({ points: 1, duration: 1 });
  /** Which credential Bird has accepted for which workspace. */
  const accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED });

  return (workspaceId) => {
    let pausedUntil = 0;
    const pausedMs = () => Math.max(0, pausedUntil - performance.now());
    const gate = (name: string, perSecond: number, maxWaiting = (perSecond * MAX_WAIT_MS) / 1000) =>
      new Gate({ limiter, name: `${workspaceId} ${name}`, perSecond, maxWaiting, pausedMs });
    const gates = { GET: gate("reads", readsPerSecond), PATCH: gate("writes", writesPerSecond) };
    // Many may wait here, since all with one key are let in as soon as the first of them has been accepted.
    const strangers = gate(
      "strangers",
      Math.max(1, Math.floor(readsPerSecond * STRANGERS_SHARE)),
      2 * readsPerSecond,
    );

    /** What an answer says of the one who asked, and of the time to wait. */
    const learn = (credentialId: string, outcome: Outcome) => {
      if (outcome.kind !== "answer") return;
      const name = `${workspaceId} ${credentialId}`;
      if (outcome.status === 401) accepted.delete(name);
      else if (isAcceptance(outcome.status)) {
        accepted.set(name, true);
        strangers.admit(credentialId);
      } else if (outcome.status === 429)
        pausedUntil = Math.max(pausedUntil, performance.now() + (outcome.retryAfterMs ?? 0));
    };

    return {
      take: async ({ method, route, credentialId }, deadline) => {
        const isStranger = !accepted.has(`${workspaceId} ${credentialId}`);
        const entry = isStranger ? await strangers.take(credentialId, deadline) : null;
        const place = entry?.kind === "refused" ? entry : await gates[method].take(credentialId, deadline);
        if (place.kind === "refused") {
          if (entry?.kind === "place") entry.giveBack();
          events.budgetRefused({ method, route });
          return place;
        }
        return {
          kind: "permit",
          done: (outcome) => {
            learn(credentialId, outcome);
            free(place, outcome);
            if (entry?.kind === "place") entry.release();
          },
        };
      },
    };
  };
}

/** Bird answers 401 and 403 before it counts, so a bad key costs a workspace nothing. */
function free(place: Place, outcome: Outcome): void {
  const isFreeOfCharge = outcome.kind === "answer" && (outcome.status === 401 || outcome.status === 403);
  if (isFreeOfCharge || outcome.kind === "refused") place.giveBack();
  else place.release();
}

/** Bird has looked at the request itself, so it has accepted the key. */
function isAcceptance(status: number): boolean {
  return status < 500 && status !== 401 && status !== 403 && status !== 429;
}
