// At most so many calls a second, in any second: a call waits here for its permit, or is not sent.
import { RateLimiterRes, type RateLimiterAbstract } from "rate-limiter-flexible";
import type { Operation } from "../../operation/operation.ts";
import { notSent, type NotSent } from "../call.ts";
import { FairQueue } from "./fair-queue.ts";
import type { Permit, PermitRequest } from "./limiter.ts";

/** Milliseconds nobody waits longer than: what is not served by then is better asked for again. */
export const MAX_WAIT_MS = 2000;
/** A place is free again a second after its call was answered; the rest is what timers and clocks round away. */
const PLACE_SECONDS = 1.002;
/** As long as a call can take; then its place would be forgotten. */
const LONGEST_CALL_SECONDS = 600;
/** Places are taken in turn, so the first free ones are close to the next. */
const MAX_PLACES_TRIED = 64;

type Ticket = { operation: Operation; credentialId: string; settle: (result: Permit | NotSent) => void };

export type GateOptions = {
  /** Counts, and forgets after a while; any store of rate-limiter-flexible that has one point per key. */
  limiter: RateLimiterAbstract;
  /** What the limiter's keys begin with. */
  name: string;
  perSecond: number;
  /** How many may wait; more could not be served in time. */
  maxWaiting: number;
  /** Milliseconds for which nobody may pass. */
  pausedMs: () => number;
};

/**
 * A quota of n calls a second is n places, each a key of the limiter with one point. A place is taken before its call
 * and free again a second after the call was answered, so the upstream sees two calls of one place at least a second
 * apart, whatever the network does to them: it never sees more than n in any second. A window that starts anew every
 * second would let 2n pass around its boundary.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #queue = new FairQueue<Ticket>();
  #nextPlace = 0;
  #pumping = false;
  #wake: () => void = nothing;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Waits for a place: fairly, for 2 s at most, inside the deadline, and not at all when that is known to be in vain. */
  async acquire({ credentialId, operation }: PermitRequest): Promise<Permit | NotSent> {
    const patience = Math.min(MAX_WAIT_MS, operation.remainingMs());
    const { maxWaiting, pausedMs } = this.#options;
    if (this.#queue.size === 0 && pausedMs() === 0) {
      const place = await this.#tryPlace();
      if (typeof place === "object") return place;
    }
    const isInVain = pausedMs() >= patience || this.#queue.size >= maxWaiting;
    return isInVain ? this.#reject() : this.#wait(credentialId, operation, patience);
  }

  /** Lets all through that wait with this credential. */
  admit(credentialId: string): void {
    const free: Permit = { kind: "permit", release: nothing, refund: nothing };
    for (const ticket of this.#queue.removeAll((waiting) => waiting.credentialId === credentialId))
      ticket.settle(free);
  }

  #wait(credentialId: string, operation: Operation, patience: number): Promise<Permit | NotSent> {
    return new Promise((resolve) => {
      const ticket: Ticket = {
        operation: operation.owner,
        credentialId,
        settle: (result) => {
          clearTimeout(timer);
          operation.unlisten(leave);
          resolve(result);
        },
      };
      const leave = () => {
        this.#queue.removeAll((waiting) => waiting === ticket);
        const over = operation.over();
        ticket.settle(over === null ? this.#reject() : notSent(over));
      };
      const timer = setTimeout(leave, patience);
      operation.listen(leave);
      this.#queue.push(ticket);
      void this.#pump();
    });
  }

  /** Hands places to those who wait, as they become free. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    while (this.#queue.size > 0) {
      const paused = this.#options.pausedMs();
      const place = paused > 0 ? paused : await this.#tryPlace();
      if (typeof place === "number") await this.#sleep(place);
      else this.#hand(place);
    }
    this.#pumping = false;
  }

  /** Waits, but not longer than until a place is given back. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #hand(place: Permit): void {
    const ticket = this.#queue.shift();
    if (ticket === undefined) place.refund();
    else ticket.settle(place);
  }

  /** A place, or after how many milliseconds to try again. */
  async #tryPlace(): Promise<Permit | number> {
    const { limiter, name, perSecond } = this.#options;
    let wait = 1000;
    for (let tried = 0; tried < Math.min(perSecond, MAX_PLACES_TRIED); tried++) {
      const key = `${name} ${this.#nextPlace}`;
      this.#nextPlace = (this.#nextPlace + 1) % perSecond;
      try {
        await limiter.consume(key, 1, { customDuration: LONGEST_CALL_SECONDS });
        let released = false;
        return {
          kind: "permit",
          release: () => {
            if (!released) void limiter.block(key, PLACE_SECONDS);
            released = true;
          },
          refund: () => {
            released = true;
            void limiter.delete(key);
            this.#wake();
          },
        };
      } catch (taken) {
        if (!(taken instanceof RateLimiterRes)) throw taken;
        wait = Math.min(wait, taken.msBeforeNext);
      }
    }
    return Math.max(1, Math.ceil(wait));
  }

  #reject(): NotSent {
    const { perSecond, pausedMs } = this.#options;
    const retryAfterMs = Math.max(pausedMs(), Math.ceil((1000 * (this.#queue.size + 1)) / perSecond));
    return notSent("quotaExhausted", retryAfterMs);
  }
}

function nothing(): void {
  // Nobody sleeps, or there is no place to free.
}
