// One GraphQL operation of one caller: its time, the calls it may still cause, and how it ended.
import { StopSignal } from "./stop-signal.ts";
import { timers, type TimerEntry } from "./timers.ts";

/** `expired`: its time is over. `left`: its caller has disconnected. Nothing is begun for an operation that is over. */
export type OperationEnd = "expired" | "left";

export type OperationLimits = {
  /** Milliseconds it may take, from now on; Infinity for no limit. */
  deadlineMs: number;
  /** Calls to Bird it may cause, retries included. */
  maxCalls?: number;
  /** The socket address of its caller. */
  callerAddress?: string | null;
  /** The operation whose turns it takes in fair queues; itself by default. */
  owner?: Operation;
};

/** The object is the operation's identity. Close every operation, since its timer and listeners stay until then. */
export class Operation {
  /** The operation that fair queues count turns for. A joint operation takes the turns of the operation that began it. */
  readonly owner: Operation;
  /** Null where it is not known. Behind a load balancer all callers share one address, so it must not identify a caller. */
  readonly callerAddress: string | null;
  readonly #end = new StopSignal<OperationEnd>();
  readonly #dueMs: number;
  readonly #timer: TimerEntry | null;
  #callsLeft: number;

  constructor({ deadlineMs, maxCalls = Infinity, callerAddress = null, owner }: OperationLimits) {
    this.owner = owner ?? this;
    this.callerAddress = owner?.callerAddress ?? callerAddress;
    this.#dueMs = performance.now() + deadlineMs;
    this.#callsLeft = maxCalls;
    const expire = () => {
      this.endAs("expired");
    };
    this.#timer = deadlineMs === Infinity ? null : timers.schedule(deadlineMs, expire);
  }

  /** How it ended; null while it is not over. */
  over(): OperationEnd | null {
    return this.#end.reason();
  }

  /** Milliseconds that are left; 0 when it is over. */
  remainingMs(): number {
    return this.over() === null ? Math.max(0, this.#dueMs - performance.now()) : 0;
  }

  /** Takes a call, if one is left. */
  takeCall(): boolean {
    if (this.#callsLeft <= 0) return false;
    this.#callsLeft -= 1;
    return true;
  }

  /** Returns a call that was taken and not made. */
  giveBackCall(): void {
    this.#callsLeft += 1;
  }

  /** How many more calls it may cause. */
  callsLeft(): number {
    return this.#callsLeft;
  }

  /** Ends the operation because its caller has disconnected. */
  leave(): void {
    this.endAs("left");
  }

  /** Calls the listener when the operation ends; never when it is already over. */
  listen(listener: (end: OperationEnd) => void): void {
    this.#end.listen(listener);
  }

  /** Removes a listener. Does nothing when it is not registered. */
  unlisten(listener: (end: OperationEnd) => void): void {
    this.#end.unlisten(listener);
  }

  /** A part of this operation with a shorter time limit. It ends with the operation. Close it before the operation. */
  within(ms: number): Operation {
    return new PartOfOperation(this, ms);
  }

  /** Releases the timer and the listeners. It does not end the operation. */
  close(): void {
    if (this.#timer !== null) timers.cancel(this.#timer);
  }

  protected endAs(end: OperationEnd): void {
    this.close();
    this.#end.stop(end);
  }
}

/** A part of an operation. Its calls are taken from the whole operation. */
class PartOfOperation extends Operation {
  readonly #whole: Operation;
  readonly #onOver = (end: OperationEnd): void => {
    this.endAs(end);
  };

  constructor(whole: Operation, deadlineMs: number) {
    // A part of an operation that is over needs no timer.
    super({ deadlineMs: whole.over() === null ? deadlineMs : Infinity, owner: whole.owner });
    this.#whole = whole;
    whole.listen(this.#onOver);
  }

  override over(): OperationEnd | null {
    return super.over() ?? this.#whole.over();
  }

  override takeCall(): boolean {
    return this.#whole.takeCall();
  }

  override giveBackCall(): void {
    this.#whole.giveBackCall();
  }

  override callsLeft(): number {
    return this.#whole.callsLeft();
  }

  override close(): void {
    super.close();
    this.#whole.unlisten(this.#onOver);
  }
}
