// The limiter of one process.
import { LRUCache } from "lru-cache";
import { RateLimiterMemory } from "rate-limiter-flexible";
import type { NotSent } from "../call.ts";
import type { Credentials } from "./credentials.ts";
import { Gate, MAX_WAIT_MS } from "./gate.ts";
import type { Limiter, Permit, PermitRequest, Quotas } from "./limiter.ts";

/** The share of a workspace's reads for callers whose key Bird has not accepted yet. */
const STRANGERS_SHARE = 0.1;
const MAX_WORKSPACES = 10_000;

type Gates = { read: Gate; write: Gate; strangers: Gate; pause: (ms: number) => void };

export class MemoryLimiter implements Limiter {
  readonly #store = new RateLimiterMemory({ points: 1, duration: 1 });
  readonly #workspaces = new LRUCache<string, Gates>({ max: MAX_WORKSPACES });
  readonly #quotas: Quotas;
  readonly #credentials: Pick<Credentials, "isAccepted">;

  constructor(quotas: Quotas, credentials: Pick<Credentials, "isAccepted">) {
    this.#quotas = quotas;
    this.#credentials = credentials;
  }

  async acquire(request: PermitRequest): Promise<Permit | NotSent> {
    const gates = this.#gatesOf(request.workspaceId);
    if (this.#credentials.isAccepted(request)) return gates[request.effect].acquire(request);
    const entry = await gates.strangers.acquire(request);
    if (entry.kind === "notSent") return entry;
    const permit = await gates[request.effect].acquire(request);
    if (permit.kind === "notSent") entry.refund();
    return permit.kind === "notSent" ? permit : both(permit, entry);
  }

  pause({ workspaceId }: { workspaceId: string }, ms: number): void {
    this.#gatesOf(workspaceId).pause(ms);
  }

  /** The credential has been accepted: its calls that wait among the strangers wait there no longer. */
  admit({ workspaceId, credentialId }: { workspaceId: string; credentialId: string }): void {
    this.#gatesOf(workspaceId).strangers.admit(credentialId);
  }

  #gatesOf(workspaceId: string): Gates {
    const known = this.#workspaces.get(workspaceId);
    if (known !== undefined) return known;
    const gates = this.#createGates(workspaceId);
    this.#workspaces.set(workspaceId, gates);
    return gates;
  }

  #createGates(workspaceId: string): Gates {
    const { readsPerSecond, writesPerSecond } = this.#quotas;
    let pausedUntil = 0;
    const pausedMs = () => Math.max(0, pausedUntil - performance.now());
    const gate = (name: string, perSecond: number, maxWaiting = (perSecond * MAX_WAIT_MS) / 1000) =>
      new Gate({ limiter: this.#store, name: `${workspaceId} ${name}`, perSecond, maxWaiting, pausedMs });
    const strangersPerSecond = Math.max(1, Math.floor(readsPerSecond * STRANGERS_SHARE));
    return {
      read: gate("reads", readsPerSecond),
      write: gate("writes", writesPerSecond),
      // Many may wait here, since all with one key are let in as soon as the first of them has been accepted.
      strangers: gate("strangers", strangersPerSecond, 2 * readsPerSecond),
      pause: (ms) => {
        pausedUntil = Math.max(pausedUntil, performance.now() + ms);
      },
    };
  }
}

/** A stranger's call that was answered 401 is free for the workspace, and yet counts among the strangers'. */
function both(permit: Permit, strangersPermit: Permit): Permit {
  let released = false;
  return {
    kind: "permit",
    release: () => {
      released = true;
      permit.release();
      strangersPermit.release();
    },
    refund: () => {
      permit.refund();
      if (!released) strangersPermit.refund();
    },
  };
}
