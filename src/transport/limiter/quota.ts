// One quota of one workspace: calls take their permits here, or wait for them in turn.
import { timers, type TimerEntry } from "../../operation/timers.ts";
import { notSent, type NotSent } from "../call.ts";
import type { PermitRequest } from "./limiter.ts";
import { Lane } from "./lane.ts";
import { PERMIT_MS, Permits, type HeldPermit } from "./permits.ts";
import { Ticket } from "./ticket.ts";

/** Milliseconds that a call waits for those of other operations, or for the end of a pause. */
export const MAX_WAIT_MS = 2000;
/** The share of the permits that strangers have even where accepted keys want them all. */
const STRANGERS_SHARE = 0.1;
/**
 * The share of the permits that strangers hold at most for calls that are not written yet: strangers have few connections,
 * and those who wait for one must not keep the permits from accepted keys.
 */
const STRANGERS_HELD_SHARE = 0.25;

export class Quota {
  readonly #permits: Permits;
  readonly #strangersShare: number;
  readonly #maxHeldByStrangers: number;
  readonly #accepted: Lane;
  readonly #strangers: Lane;
  #wake: TimerEntry | null = null;

  /** @param perSecond how many calls Bird allows in any second */
  constructor(perSecond: number) {
    this.#permits = new Permits(perSecond);
    this.#strangersShare = Math.max(1, Math.floor(perSecond * STRANGERS_SHARE));
    this.#maxHeldByStrangers = Math.max(1, Math.floor(perSecond * STRANGERS_HELD_SHARE));
    this.#accepted = new Lane(perSecond);
    this.#strangers = new Lane(perSecond);
  }

  /** Whether nothing would be different if this quota were made anew. */
  isIdle(now: number): boolean {
    return this.#permits.isIdle(now) && this.#accepted.isIdle(now) && this.#strangers.isIdle(now);
  }

  /** @returns a promise only where the call must wait */
  acquire(request: PermitRequest, isStranger: boolean): HeldPermit | NotSent | Promise<HeldPermit | NotSent> {
    const now = performance.now();
    if (this.#waiting === 0) {
      const permit = this.#take(this.#laneOf(isStranger), now);
      if (permit !== null) return permit;
    }
    const ticket = new Ticket(request, isStranger);
    ticket.turn = this.#laneOf(isStranger).queue.push(ticket);
    this.#serve(now);
    if (ticket.result === null) this.#letWait(ticket, now);
    return ticket.result ?? ticket.promise();
  }

  /** The call has been written. */
  release(permit: HeldPermit): void {
    const now = performance.now();
    this.#permits.release(permit, now);
    if (this.#waiting > 0) this.#serve(now);
  }

  /** The call was not written, or does not count at Bird. */
  refund(permit: HeldPermit): void {
    const now = performance.now();
    this.#permits.refund(permit);
    if (permit.isTry) this.#laneOf(permit.isStrangers).pause?.tryAgain(now);
    if (this.#waiting > 0) this.#serve(now);
  }

  /** A 429 tells the workspace to wait. @param isTry whether it answered the call that tried if a pause was over */
  pause(ms: number, isTry: boolean): void {
    const now = performance.now();
    // Strangers try for themselves: what they are answered must not decide how long the tenant waits.
    this.#accepted.beginPause(ms, now, isTry);
    this.#strangers.beginPause(ms, now, isTry);
    this.#rejectImpatient(this.#accepted, now);
    this.#rejectImpatient(this.#strangers, now);
    this.#serve(now);
  }

  /** The call that tried was answered, and not with a 429. What a stranger was answered counts for strangers only. */
  endPause(wasStrangers: boolean): void {
    const now = performance.now();
    this.#strangers.pause?.end(now);
    if (!wasStrangers) this.#accepted.pause?.end(now);
    this.#serve(now);
  }

  /** Bird has accepted a stranger: its calls that wait go on waiting among those of accepted keys. */
  accept(credentialId: string): void {
    if (this.#strangers.waiting === 0) return;
    const tickets = this.#strangers.queue.moveTo(this.#accepted.queue, credentialId);
    for (const ticket of tickets) ticket.isStranger = false;
    this.#serve(performance.now());
  }

  get #waiting(): number {
    return this.#accepted.waiting + this.#strangers.waiting;
  }

  #laneOf(isStranger: boolean): Lane {
    return isStranger ? this.#strangers : this.#accepted;
  }

  #take(lane: Lane, now: number): HeldPermit | null {
    if (!this.#mayTake(lane, now)) return null;
    const permit = this.#permits.take(lane === this.#strangers, now);
    if (permit !== null && lane.pause !== null) permit.isTry = lane.pause.take(now);
    return permit;
  }

  #mayTake(lane: Lane, now: number): boolean {
    if (lane === this.#strangers && this.#permits.heldByStrangers >= this.#maxHeldByStrangers) return false;
    return lane.pausedMs(now) === 0;
  }

  /** Gives the free permits to those whose turn it is. */
  #serve(now: number): void {
    for (let lane = this.#nextLane(now); lane !== null; lane = this.#nextLane(now)) {
      const permit = this.#take(lane, now);
      if (permit === null) break;
      lane.queue.shift()?.settle(permit);
    }
    for (const waiting of [this.#accepted, this.#strangers])
      if (waiting.waiting > 0) this.#wakeAfter(this.#nextTurnMs(waiting, now));
  }

  /** Accepted keys go first, unless strangers have less than their share. */
  #nextLane(now: number): Lane | null {
    const mayServe = (lane: Lane) => lane.waiting > 0 && this.#mayTake(lane, now);
    const strangersFirst = this.#permits.strangers(now) < this.#strangersShare && mayServe(this.#strangers);
    if (!strangersFirst && mayServe(this.#accepted)) return this.#accepted;
    return mayServe(this.#strangers) ? this.#strangers : null;
  }

  /** Milliseconds until the next permit of a lane, as far as time alone frees one. */
  #nextTurnMs(lane: Lane, now: number): number {
    return Math.max(lane.pausedMs(now), this.#permits.waitMs(1, now));
  }

  #wakeAfter(ms: number): void {
    // What strangers hold is free when it is written: `release` serves those who wait for that.
    if (ms === 0) return;
    if (this.#wake !== null) {
      if (this.#wake.dueMs <= performance.now() + ms) return;
      timers.cancel(this.#wake);
    }
    this.#wake = timers.schedule(ms, () => {
      this.#wake = null;
      this.#serve(performance.now());
    });
  }

  /** Lets a call wait, or rejects what cannot be served in time. */
  #letWait(ticket: Ticket, now: number): void {
    const lane = this.#laneOf(ticket.isStranger);
    const own = lane.queue.sizeOf(ticket);
    const waitMs = this.#waitMs(ticket, now);
    // What its own operation has put before it takes the operation's time and nothing else.
    ticket.limitAt = now + MAX_WAIT_MS + Math.ceil((own - 1) / this.#permits.total) * PERMIT_MS;
    const others = this.#positionOf(ticket) - own;
    if (waitMs >= ticket.request.operation.remainingMs() || lane.pausedMs(now) > MAX_WAIT_MS)
      reject(ticket, waitMs);
    else if ((others / this.#permits.total) * PERMIT_MS > MAX_WAIT_MS) this.#rejectLargest(lane, now);
    if (ticket.result !== null) return;
    ticket.wait(() => {
      reject(ticket, this.#waitMs(ticket, performance.now()));
    });
  }

  /** In a full queue, the operation with most gives way, of the credential with most. It may be the newcomer's. */
  #rejectLargest(lane: Lane, now: number): void {
    const ticket = lane.queue.largest;
    if (ticket !== undefined) reject(ticket, this.#waitMs(ticket, now));
  }

  /** Rejects those who would not wait until the end of a pause. */
  #rejectImpatient(lane: Lane, now: number): void {
    if (lane.waiting === 0) return;
    const pausedMs = lane.pausedMs(now);
    for (const ticket of lane.queue) if (ticket.patienceMs(now) <= pausedMs) reject(ticket, pausedMs);
  }

  /** Milliseconds until the last ticket of an operation is served at the latest, if nobody else comes. */
  #waitMs(ticket: Ticket, now: number): number {
    const { pause } = this.#laneOf(ticket.isStranger);
    return Math.max(pause?.waitMs(now) ?? 0, this.#permits.waitMs(this.#positionOf(ticket), now));
  }

  /** After how many permits the last ticket of an operation is served at the latest, if nobody else comes. */
  #positionOf(ticket: Ticket): number {
    const turns = Math.max(1, this.#laneOf(ticket.isStranger).queue.turnsOf(ticket));
    if (!ticket.isStranger) return turns;
    const atShare = Math.ceil((turns * this.#permits.total) / this.#strangersShare);
    return Math.min(turns + this.#accepted.waiting, atShare);
  }
}

function reject(ticket: Ticket, waitMs: number): void {
  ticket.settle(notSent("quotaExhausted", Math.max(1, Math.ceil(waitMs))));
}
