// The seam to what keeps a workspace within its quota: every attempt needs a permit before it is made.
import type { Operation } from "../../operation/operation.ts";
import type { NotSent, Response, UpstreamRequest } from "../call.ts";

/** Calls a second and workspace; Bird allows 50 GET and 500 POST ("Rate Limit", docs.bird.com). */
export type Quotas = { readsPerSecond: number; writesPerSecond: number };

/** Milliseconds for which calls rest after a 429 that does not say how long. It is the only form that Bird documents. */
export const PAUSE_MS = 1000;

export type PermitRequest = Pick<UpstreamRequest, "workspaceId" | "credentialId" | "effect"> & {
  /** Its `owner` is whose turn it is; what waits, waits until it is over, however long that is at the beginning. */
  operation: Operation;
};

/** The right to make one attempt. */
export interface Permit {
  readonly kind: "permit";
  /** The call has been written to a connection: the permit's second begins now. Only the first time counts. */
  release(): void;
  /** The call was never written: the permit is free again at once. */
  refund(): void;
  /**
   * Bird has answered the call. The limiter learns whose key is accepted and when to pause; a 401 refunds the permit,
   * also after `release`.
   */
  answered(response: Pick<Response, "status" | "retryAfterMs">): void;
}

export interface Limiter {
  /**
   * Gives a permit, a promise of one only where the call must wait, or says that the call must not be sent:
   * at once what the quota cannot give within the operation's time; after 2 s what other operations keep waiting;
   * `left` or `expired` as soon as the operation is over. What one operation of legal size puts into the queue itself
   * is waited for as long as its time allows.
   */
  acquire(request: PermitRequest): Permit | NotSent | Promise<Permit | NotSent>;
}
