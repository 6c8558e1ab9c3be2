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
  /** Whose turn it takes where operations take turns; its own unless given. */
  owner?: Operation;
};

/** The object itself is the operation's identity. Close every operation: its timer and its listeners stay until then. */
export class Operation {
  /** The operation that counts where operations take turns: a joint operation takes those of the one that began it. */
  readonly owner: Operation;
  /** Null where it is not known. Behind a load balancer all callers have the same: nothing may depend on it. */
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

  /** How it ended, or null while it goes on. */
  over(): OperationEnd | null {
    return this.#end.reason();
  }

  /** Milliseconds that are left, 0 when it is over. */
  remainingMs(): number {
    return this.over() === null ? Math.max(0, this.#dueMs - performance.now()) : 0;
  }

  /** Takes one call out of those it may cause, if one is left. */
  takeCall(): boolean {
    if (this.#callsLeft <= 0) return false;
    this.#callsLeft -= 1;
    return true;
  }

  /** The call that was taken has not been made after all. */
  giveBackCall(): void {
    this.#callsLeft += 1;
  }

  /** How many calls it may still cause. */
  callsLeft(): number {
    return this.#callsLeft;
  }

  /** The caller has disconnected. */
  leave(): void {
    this.endAs("left");
  }

  /** Calls back when it is over; not at all when it already is. */
  listen(listener: (end: OperationEnd) => void): void {
    this.#end.listen(listener);
  }

  unlisten(listener: (end: OperationEnd) => void): void {
    this.#end.unlisten(listener);
  }

  /** A part of this operation that may take less of its time. It ends with the operation; close it before. */
  within(ms: number): Operation {
    return new PartOfOperation(this, ms);
  }

  /** Everything has been answered: lets the timer go. It ends nothing. */
  close(): void {
    if (this.#timer !== null) timers.cancel(this.#timer);
  }

  protected endAs(end: OperationEnd): void {
    this.close();
    this.#end.stop(end);
  }
}

/** Its calls are the whole operation's. */
class PartOfOperation extends Operation {
  readonly #whole: Operation;
  readonly #onOver = (end: OperationEnd): void => {
    this.endAs(end);
  };

  constructor(whole: Operation, deadlineMs: number) {
    super({ deadlineMs, owner: whole.owner });
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
