// The calls that wait for permits of one quota. Accepted keys and strangers have separate lanes.
import { FairQueue } from "./fair-queue.ts";
import { Pause } from "./pause.ts";
import type { Ticket } from "./ticket.ts";

export class Lane {
  readonly #perSecond: number;
  /** Created on first use, to save memory: most workspaces that strangers name never need a queue. */
  #queue: FairQueue<Ticket> | null = null;
  #pause: Pause | null = null;

  /** @param perSecond the rate to which calls return after a pause */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  get queue(): FairQueue<Ticket> {
    this.#queue ??= new FairQueue<Ticket>();
    return this.#queue;
  }

  /** The number of calls that wait. */
  get waiting(): number {
    return this.#queue?.size ?? 0;
  }

  get pause(): Pause | null {
    return this.#pause;
  }

  beginPause(ms: number, now: number, isProbe: boolean): void {
    this.#pause ??= new Pause(this.#perSecond);
    this.#pause.begin(ms, now, isProbe);
  }

  /** Milliseconds for which no call of this lane may be sent. */
  pausedMs(now: number): number {
    if (this.#pause === null) return 0;
    if (!this.#pause.isOver(now)) return this.#pause.waitMs(now);
    this.#pause = null;
    return 0;
  }

  isIdle(now: number): boolean {
    return this.waiting === 0 && (this.#pause === null || this.#pause.isOver(now));
  }
}
