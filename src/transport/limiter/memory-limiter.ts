// The limiter of one process: it holds the quotas of all workspaces in memory.
import { sleep } from "../../operation/stop-signal.ts";
import { timers } from "../../operation/timers.ts";
import { notSent, type NotSent, type Response } from "../call.ts";
import type { Credentials } from "./credentials.ts";
import { PAUSE_MS, type Limiter, type Permit, type PermitRequest, type Quotas } from "./limiter.ts";
import type { Pause } from "./pause.ts";
import type { HeldPermit } from "./permits.ts";
import { MAX_WAIT_MS, Quota } from "./quota.ts";

/**
 * Milliseconds between the sweeps that drop idle quotas: an idle quota equals a new one. It is short, since strangers can
 * name thousands of workspaces, and each has a quota until the next sweep.
 */
const SWEEP_MS = 1000;

type Effect = PermitRequest["effect"];

/** The quotas of one workspace, each created on first use. */
class WorkspaceQuotas {
  readonly #quotas: Quotas;
  #read: Quota | null = null;
  #write: Quota | null = null;

  constructor(quotas: Quotas) {
    this.#quotas = quotas;
  }

  of(effect: Effect): Quota {
    if (effect === "write") return (this.#write ??= new Quota(this.#quotas.writesPerSecond));
    return (this.#read ??= new Quota(this.#quotas.readsPerSecond));
  }

  both(): Quota[] {
    return [this.of("read"), this.of("write")];
  }

  /** Bird has accepted a credential that was a stranger. */
  accept(credentialId: string): void {
    this.#read?.accept(credentialId);
    this.#write?.accept(credentialId);
  }

  isIdle(now: number): boolean {
    return (this.#read?.isIdle(now) ?? true) && (this.#write?.isIdle(now) ?? true);
  }
}

type Answer = Pick<Response, "status" | "retryAfterMs">;

class MemoryPermit implements Permit {
  readonly kind = "permit";
  readonly request: PermitRequest;
  readonly quota: Quota;
  readonly held: HeldPermit;
  /** The stranger's own pause, where this call probes whether it is over; else null. */
  readonly probedPause: Pause | null;
  readonly #limiter: MemoryLimiter;

  constructor(
    limiter: MemoryLimiter,
    parts: Pick<MemoryPermit, "request" | "quota" | "held" | "probedPause">,
  ) {
    this.#limiter = limiter;
    this.request = parts.request;
    this.quota = parts.quota;
    this.held = parts.held;
    this.probedPause = parts.probedPause;
  }

  get isProbe(): boolean {
    return this.held.isProbe || this.probedPause !== null;
  }

  confirm(): boolean {
    if (!this.quota.confirm(this.held)) return false;
    // A probe is sent during the pause.
    return this.isProbe || !this.#mustWait();
  }

  release(): void {
    this.quota.release(this.held);
  }

  refund(): void {
    this.quota.refund(this.held);
    this.probedPause?.probeAgain(performance.now());
  }

  answered(answer: Answer): void {
    this.#limiter.learn(this, answer);
  }

  #mustWait(): boolean {
    return this.quota.hasPausedSince(this.held) || this.#limiter.mustRest(this.request, this.held.takenAt);
  }
}

export class MemoryLimiter implements Limiter {
  readonly #quotas: Quotas;
  readonly #credentials: Credentials;
  readonly #workspaces = new Map<string, WorkspaceQuotas>();

  constructor(quotas: Quotas, credentials: Credentials) {
    this.#quotas = quotas;
    this.#credentials = credentials;
    credentials.onAccept(({ workspaceId, credentialId }) => {
      this.#workspaces.get(workspaceId)?.accept(credentialId);
    });
  }

  /** The number of workspaces with a quota in use. */
  get size(): number {
    return this.#workspaces.size;
  }

  acquire(request: PermitRequest): Permit | NotSent | Promise<Permit | NotSent> {
    const now = performance.now();
    const restMs = this.#credentials.restMs(request, now);
    if (restMs > 0) return notSent("credentialResting", Math.ceil(restMs));
    const pause = this.#credentials.isAccepted(request) ? null : this.#credentials.pauseOf(request, now);
    return pause === null ? this.#enter(request, null) : this.#enterAfterPause(request, pause);
  }

  /** Learns from the response to a call. @param permit one of this limiter's permits */
  learn(permit: MemoryPermit, { status, retryAfterMs }: Answer): void {
    const { request, quota, held, probedPause } = permit;
    const now = performance.now();
    // Bird does not count a call whose key it denies: see "The quota" in docs/batching.md.
    if (status === 401) permit.refund();
    else if (status === 429) this.#pause(permit, retryAfterMs ?? PAUSE_MS);
    else {
      probedPause?.end(now);
      if (held.isProbe) quota.endPause(held.isStrangers);
    }
    this.#credentials.learn(request, status, now);
  }

  #enter(request: PermitRequest, probedPause: Pause | null): Permit | NotSent | Promise<Permit | NotSent> {
    const quota = this.#workspaceOf(request.workspaceId).of(request.effect);
    const toPermit = (result: HeldPermit | NotSent) => {
      if (result.kind === "held")
        return new MemoryPermit(this, { request, quota, held: result, probedPause });
      probedPause?.probeAgain(performance.now());
      return result;
    };
    const enteredAt = performance.now();
    const result = quota.acquire(request, !this.#credentials.isAccepted(request));
    if (!(result instanceof Promise)) return toPermit(result);
    return result.then((waited) => {
      if (waited.kind === "notSent" || !this.mustRest(request, enteredAt)) return toPermit(waited);
      quota.refund(waited);
      probedPause?.probeAgain(performance.now());
      return this.acquire(request);
    });
  }

  /** Whether a pause of the credential has begun since, and calls may not be sent at the full rate yet. */
  mustRest(request: PermitRequest, since: number): boolean {
    const now = performance.now();
    if (this.#credentials.restMs(request, now) > 0) return true;
    const pause = this.#credentials.isAccepted(request) ? null : this.#credentials.pauseOf(request, now);
    return pause !== null && pause.beganAt >= since;
  }

  /** A stranger that Bird answered 429 waits here until its own pause ends, and delays no other caller. */
  async #enterAfterPause(request: PermitRequest, pause: Pause): Promise<Permit | NotSent> {
    const { operation } = request;
    const waitUntil = performance.now() + Math.min(MAX_WAIT_MS, operation.remainingMs());
    for (;;) {
      const now = performance.now();
      const waitMs = pause.waitMs(now);
      if (waitMs === 0) return this.#enter(request, pause.take(now) ? pause : null);
      if (now + waitMs >= waitUntil) return notSent("credentialResting", Math.ceil(waitMs));
      await sleep(waitMs, operation);
      const over = operation.over();
      if (over !== null) return notSent(over);
    }
  }

  /** A 429 to an accepted key pauses its workspace. A 429 to a stranger pauses only that stranger. */
  #pause({ request, quota, held, probedPause }: MemoryPermit, ms: number): void {
    if (this.#credentials.isAccepted(request)) {
      for (const paused of this.#workspaceOf(request.workspaceId).both())
        paused.pause(ms, held.isProbe && paused === quota);
    } else {
      const pause = this.#credentials.pauseToBegin(request, this.#quotas.readsPerSecond);
      pause.begin(ms, performance.now(), pause === probedPause);
    }
  }

  #workspaceOf(workspaceId: string): WorkspaceQuotas {
    const known = this.#workspaces.get(workspaceId);
    if (known !== undefined) return known;
    const workspace = new WorkspaceQuotas(this.#quotas);
    if (this.#workspaces.size === 0) timers.schedule(SWEEP_MS, this.#sweep);
    this.#workspaces.set(workspaceId, workspace);
    return workspace;
  }

  readonly #sweep = (): void => {
    const now = performance.now();
    for (const [workspaceId, workspace] of this.#workspaces)
      if (workspace.isIdle(now)) this.#workspaces.delete(workspaceId);
    if (this.#workspaces.size > 0) timers.schedule(SWEEP_MS, this.#sweep);
  };
}
