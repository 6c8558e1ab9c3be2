// A ticket: one call that waits for its permit.
import type { OperationEnd } from "../../operation/operation.ts";
import { timers, type TimerEntry } from "../../operation/timers.ts";
import { notSent, type NotSent } from "../call.ts";
import type { Counted, Turn } from "./fair-queue.ts";
import type { PermitRequest } from "./limiter.ts";
import type { HeldPermit } from "./permits.ts";

export class Ticket implements Counted {
  readonly request: PermitRequest;
  readonly credentialId: string;
  /** The operation that the ticket is counted for in the fair queue. */
  readonly operation: object;
  /** Whether it waits in the strangers' lane. */
  isStranger: boolean;
  turn: Turn<Ticket> | null = null;
  /** When its wait ends, in the time of `performance.now()`. */
  limitAt = Infinity;
  result: HeldPermit | NotSent | null = null;
  #resolve: ((result: HeldPermit | NotSent) => void) | null = null;
  #limit: TimerEntry | null = null;

  constructor(request: PermitRequest, isStranger: boolean) {
    this.request = request;
    this.credentialId = request.credentialId;
    this.operation = request.operation.owner;
    this.isStranger = isStranger;
  }

  /** Milliseconds for which it still waits. */
  remainingWaitMs(now: number): number {
    return Math.min(this.limitAt - now, this.request.operation.remainingMs());
  }

  promise(): Promise<HeldPermit | NotSent> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Waits until it is settled, until its limit, or until its operation is over. */
  wait(onLimit: () => void): void {
    this.#limit = timers.schedule(this.limitAt - performance.now(), onLimit);
    this.request.operation.listen(this.#onOver);
  }

  /** Ends the waiting. Only the first result counts. */
  settle(result: HeldPermit | NotSent): void {
    if (this.result !== null) return;
    this.result = result;
    this.turn?.leave();
    if (this.#limit !== null) timers.cancel(this.#limit);
    this.request.operation.unlisten(this.#onOver);
    this.#resolve?.(result);
  }

  readonly #onOver = (end: OperationEnd): void => {
    this.settle(notSent(end));
  };
}
