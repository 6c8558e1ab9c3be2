// The interface of the rate limiter: every attempt needs a permit, so that a workspace stays within its quota.
import type { Operation } from "../../operation/operation.ts";
import type { NotSent, Response, UpstreamRequest } from "../call.ts";

/** Calls a second and workspace; Bird allows 50 GET and 500 POST ("Rate Limit", docs.bird.com). */
export type Quotas = { readsPerSecond: number; writesPerSecond: number };

/** Milliseconds of the pause after a 429 without `Retry-After`, which is the only form that Bird documents. */
export const PAUSE_MS = 1000;

export type PermitRequest = Pick<UpstreamRequest, "workspaceId" | "credentialId" | "effect"> & {
  /** Turns are counted for its `owner`. The call waits until the operation is over, which may be later than it is now. */
  operation: Operation;
};

/** The right to make one attempt. */
export interface Permit {
  readonly kind: "permit";
  /** Whether its call probes whether a pause is over. */
  readonly isProbe: boolean;
  /**
   * Must be called when the call has its connection. False where the permit has lapsed: Bird has told the workspace or the
   * key to wait meanwhile, or an accepted key has got the permit of a stranger, whose call waited for its connection. Then
   * refund the permit, and acquire another one.
   */
  confirm(): boolean;
  /** The call has been written to a connection: the permit's second begins now. Only the first time counts. */
  release(): void;
  /** The call was never written: the permit is free again at once. */
  refund(): void;
  /**
   * Bird has answered the call. The limiter learns which key is accepted and when to pause. A 401 refunds the permit, also
   * after `release`.
   */
  answered(response: Pick<Response, "status" | "retryAfterMs">): void;
}

export interface Limiter {
  /**
   * Gives a permit: at once where one is free, else a promise of one. The call is not sent (`NotSent`)
   * - at once, where the quota cannot give a permit within the operation's time;
   * - after 2 s, where other operations keep it waiting;
   * - with `left` or `expired`, as soon as the operation is over.
   * Waiting for the operation's own earlier calls does not count towards the 2 s.
   */
  acquire(request: PermitRequest): Permit | NotSent | Promise<Permit | NotSent>;
}
