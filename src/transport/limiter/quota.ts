// One quota of one workspace. Calls take permits from it, or wait in turn for one.
import { timers, type TimerEntry } from "../../operation/timers.ts";
import { notSent, type NotSent } from "../call.ts";
import type { PermitRequest } from "./limiter.ts";
import { Lane } from "./lane.ts";
import { PERMIT_MS, Permits, type HeldPermit } from "./permits.ts";
import { Ticket } from "./ticket.ts";

/** The longest wait, in milliseconds, for calls of other operations or for the end of a pause. */
export const MAX_WAIT_MS = 2000;
/** One of so many permits goes to a stranger even where accepted keys want all of them. */
const STRANGERS_TURN = 10;
/** How many permits accepted keys take between two turns of strangers. */
const BETWEEN_TURNS = STRANGERS_TURN - 1;

export class Quota {
  readonly #permits: Permits;
  /** The largest number of permits that strangers get before accepted keys. */
  readonly #strangersShare: number;
  readonly #accepted: Lane;
  readonly #strangers: Lane;
  #wake: TimerEntry | null = null;
  /**
   * How many permits accepted keys have taken for which strangers have had no turn yet: up to the turns of their share. A
   * refunded permit gives back the part of its turn that is not over, so the number may be a fraction.
   */
  #takenWithoutTurn = 0;

  /** @param perSecond how many calls Bird allows in any second */
  constructor(perSecond: number) {
    this.#permits = new Permits(perSecond);
    this.#strangersShare = Math.ceil(perSecond / STRANGERS_TURN);
    this.#accepted = new Lane(perSecond);
    this.#strangers = new Lane(perSecond);
  }

  /** Whether this quota equals a new one, so that it can be dropped. */
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

  /** The call has its connection. @returns whether it still has the permit */
  confirm(permit: HeldPermit): boolean {
    return this.#permits.confirm(permit);
  }

  /** The call has been written. */
  release(permit: HeldPermit): void {
    const now = performance.now();
    this.#permits.release(permit, now);
    if (this.#waiting > 0) this.#serve(now);
  }

  /** The call was not written, or Bird does not count it. */
  refund(permit: HeldPermit): void {
    const now = performance.now();
    this.#permits.refund(permit);
    if (permit.isProbe) this.#laneOf(permit.isStrangers).pause?.probeAgain(now);
    if (permit.isStrangers) this.#giveTurnBack(permit, now);
    if (this.#waiting > 0) this.#serve(now);
  }

  /** Whether a pause has begun since a permit was taken, and calls may not be sent at the full rate yet. */
  hasPausedSince({ takenAt, isStrangers }: HeldPermit): boolean {
    const { pause } = this.#laneOf(isStrangers);
    return pause !== null && pause.beganAt >= takenAt && !pause.isOver(performance.now());
  }

  /** A 429 pauses the workspace. @param isProbe whether it is the response to the probe of a pause */
  pause(ms: number, isProbe: boolean): void {
    const now = performance.now();
    // A stranger's response must not decide how long accepted keys wait, so strangers probe for themselves.
    this.#accepted.beginPause(ms, now, isProbe);
    this.#strangers.beginPause(ms, now, isProbe);
    this.#dropTooShortWaits(this.#accepted, now);
    this.#dropTooShortWaits(this.#strangers, now);
    this.#serve(now);
  }

  /** The probe got a response other than 429. A stranger's probe ends the pause of strangers only. */
  endPause(wasStrangers: boolean): void {
    const now = performance.now();
    this.#strangers.pause?.end(now);
    if (!wasStrangers) this.#accepted.pause?.end(now);
    this.#serve(now);
  }

  /** Bird has accepted a stranger: its waiting calls move to the lane of accepted keys. */
  accept(credentialId: string): void {
    if (this.#strangers.waiting === 0) return;
    for (const ticket of this.#strangers.queue.ticketsOf(credentialId)) {
      ticket.turn?.leave();
      ticket.isStranger = false;
      ticket.turn = this.#accepted.queue.push(ticket);
    }
    this.#serve(performance.now());
  }

  get #waiting(): number {
    return this.#accepted.waiting + this.#strangers.waiting;
  }

  #laneOf(isStranger: boolean): Lane {
    return isStranger ? this.#strangers : this.#accepted;
  }

  #take(lane: Lane, now: number): HeldPermit | null {
    if (lane.pausedMs(now) > 0) return null;
    const isStrangers = lane === this.#strangers;
    const permit = this.#permits.take(isStrangers, now) ?? (isStrangers ? null : this.#reclaim(now));
    if (permit === null) return null;
    this.#countTaken(permit.isStrangers ? -BETWEEN_TURNS : 1);
    if (lane.pause !== null) permit.isProbe = lane.pause.take(now);
    return permit;
  }

  /**
   * Takes a stranger's permit for an accepted key. Strangers keep those within their share for as long as a call counts:
   * then they have had their turn.
   */
  #reclaim(now: number): HeldPermit | null {
    const isBeyondShare = this.#permits.strangers(now) > this.#strangersShare;
    const reclaimed = this.#permits.reclaim(isBeyondShare ? now : now - PERMIT_MS);
    if (reclaimed === null) return null;
    if (reclaimed.isProbe) this.#strangers.pause?.probeAgain(now);
    return this.#permits.take(false, now);
  }

  /**
   * A turn lasts as long as a call counts. Strangers must not go first again and again because each of them is answered
   * 401: where the quota is small, such calls would use much more than a tenth of it.
   */
  #giveTurnBack({ takenAt }: HeldPermit, now: number): void {
    const unused = Math.max(0, 1 - (now - takenAt) / PERMIT_MS);
    this.#countTaken(unused * BETWEEN_TURNS);
  }

  /** Strangers may go first with a part of a turn. What it lacked is charged, but not what they take when nobody waits. */
  #countTaken(by: number): void {
    const most = BETWEEN_TURNS * this.#strangersShare;
    this.#takenWithoutTurn = Math.min(Math.max(-1, this.#takenWithoutTurn + by), most);
  }

  /** Gives the free permits to the waiting calls whose turn it is. */
  #serve(now: number): void {
    for (let lane = this.#nextLane(now); lane !== null; lane = this.#nextLane(now)) {
      const permit = this.#take(lane, now);
      if (permit === null) break;
      lane.queue.shift()?.settle(permit);
    }
    for (const waiting of [this.#accepted, this.#strangers])
      if (waiting.waiting > 0) this.#wakeAfter(this.#nextTurnMs(waiting, now));
  }

  /** Accepted keys go first, but every tenth time, unless strangers use their share already. */
  #nextLane(now: number): Lane | null {
    const mayServe = (lane: Lane) => lane.waiting > 0 && lane.pausedMs(now) === 0;
    const strangersFirst =
      this.#takenWithoutTurn > BETWEEN_TURNS - 1 && this.#permits.strangers(now) < this.#strangersShare;
    if (strangersFirst && mayServe(this.#strangers)) return this.#strangers;
    if (mayServe(this.#accepted)) return this.#accepted;
    return mayServe(this.#strangers) ? this.#strangers : null;
  }

  /** Milliseconds until time frees the next permit of a lane. */
  #nextTurnMs(lane: Lane, now: number): number {
    return Math.max(lane.pausedMs(now), this.#permits.waitMs(1, now));
  }

  #wakeAfter(ms: number): void {
    if (this.#wake !== null) {
      if (this.#wake.dueMs <= performance.now() + ms) return;
      timers.cancel(this.#wake);
    }
    this.#wake = timers.schedule(ms, () => {
      this.#wake = null;
      this.#serve(performance.now());
    });
  }

  /** Queues a call, or settles it as not sent where it cannot be served in time. */
  #letWait(ticket: Ticket, now: number): void {
    const lane = this.#laneOf(ticket.isStranger);
    const own = lane.queue.sizeOf(ticket);
    const waitMs = this.#waitMs(ticket, now);
    // Waiting for earlier calls of the same operation does not count towards the limit.
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

  /** In a full queue, drops a call of the largest operation of the credential with the most calls; it may be the new one. */
  #rejectLargest(lane: Lane, now: number): void {
    const ticket = lane.queue.largest;
    if (ticket !== undefined) reject(ticket, this.#waitMs(ticket, now));
  }

  /** Drops the calls whose wait would end before the pause does. */
  #dropTooShortWaits(lane: Lane, now: number): void {
    if (lane.waiting === 0) return;
    const pausedMs = lane.pausedMs(now);
    for (const ticket of lane.queue) if (ticket.remainingWaitMs(now) <= pausedMs) reject(ticket, pausedMs);
  }

  /** Milliseconds until the last ticket of an operation is served at the latest, if no new ticket arrives. */
  #waitMs(ticket: Ticket, now: number): number {
    const { pause } = this.#laneOf(ticket.isStranger);
    return Math.max(pause?.waitMs(now) ?? 0, this.#permits.waitMs(this.#positionOf(ticket), now));
  }

  /** After how many permits the last ticket of an operation is served at the latest, if no new ticket arrives. */
  #positionOf(ticket: Ticket): number {
    const turns = Math.max(1, this.#laneOf(ticket.isStranger).queue.turnsOf(ticket));
    if (!ticket.isStranger) return turns;
    const untilTurn = Math.max(1, Math.floor(STRANGERS_TURN - this.#takenWithoutTurn));
    return Math.min(turns + this.#accepted.waiting, (turns - 1) * STRANGERS_TURN + untilTurn);
  }
}

function reject(ticket: Ticket, waitMs: number): void {
  ticket.settle(notSent("quotaExhausted", Math.max(1, Math.ceil(waitMs))));
}
