// The pool of connections to the upstream: hands them out fairly, and limits their number for the process.
import type { OperationEnd } from "../../operation/operation.ts";
import { timers } from "../../operation/timers.ts";
import { notSent, type NotSent } from "../call.ts";
import { nameOf, type Holder } from "../strangers.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import { IdleConnections } from "./idle-connections.ts";
import { UseCount } from "./use-count.ts";
import { Waiting, WaitingRequests } from "./waiting-requests.ts";

/** The largest share of all connections that strangers get together; at least one connection. */
const STRANGERS_SHARE = 0.25;
/** Milliseconds before the end of its operation at which a request stops waiting: no call takes less time. */
const RESERVE_MS = 50;
/** The result of a request that got no connection within its operation's time. */
const noConnection = notSent("noConnection", 1000);

/** The part of a connection that the pool uses. */
export type Pooled = {
  readonly holder: string;
  /** The request that has it; null while it is idle. Only the pool sets it. */
  request: ConnectionRequest | null;
  /**
   * Whether its last response had a status from 400 on. Such a response names no participant, so a late copy of it would be
   * taken for the response to an update, which was then reported as not applied.
   */
  readonly lastWasError: boolean;
  close: () => void;
};

/**
 * A connection serves one credential in one workspace during its whole life, so that a late or duplicate response can never
 * reach another tenant: one access key may be valid in several workspaces. A request gets an idle connection of its
 * credential and workspace, else a new one. Where the limit is reached, the least recently used idle connection is closed
 * for it.
 *
 * A workspace may use every connection that no other workspace waits for. Where several wait, the next connection goes to
 * the workspace that uses the fewest, and there in turn by credential, then by operation.
 */
export class Connections<C extends Pooled> {
  readonly #max: number;
  readonly #maxOfStrangers: number;
  readonly #open: (holder: string) => C;
  /** The number of connections that carry an exchange. */
  #inUse = 0;
  readonly #count = new UseCount();
  readonly #idle = { accepted: new IdleConnections<C>(), strangers: new IdleConnections<C>() };
  readonly #waiting = new WaitingRequests<C>(this.#count);
  #isClosing = false;
  #onAllReturned: () => void = () => undefined;

  /** @param max the largest number of connections, in use and idle */
  constructor(max: number, open: (holder: string) => C) {
    this.#max = max;
    this.#maxOfStrangers = Math.max(1, Math.floor(max * STRANGERS_SHARE));
    this.#open = open;
  }

  /** Gives a connection at once where one is free, else a promise that settles before the operation ends. */
  acquire(request: ConnectionRequest): C | NotSent | Promise<C | NotSent> {
    const end = request.operation.over();
    if (end !== null) return notSent(end);
    return this.#tryTake(request) ?? this.#wait(request);
  }

  /** Takes a connection back after its exchange. @param isUsable whether it can carry another one */
  release(connection: C, isUsable: boolean): void {
    const { request } = connection;
    if (request === null) return;
    connection.request = null;
    this.#inUse -= 1;
    this.#count.remove(request);
    if (isUsable && !this.#isClosing)
      (request.isStranger ? this.#idle.strangers : this.#idle.accepted).add(connection);
    else connection.close();
    this.#serveWaiting();
    if (this.#inUse === 0) this.#onAllReturned();
  }

  /** Bird has accepted a credential in a workspace: its waiting requests are no longer those of a stranger. */
  accept(holder: Holder): void {
    this.#waiting.accept(holder);
    this.#serveWaiting();
  }

  /** Removes a connection that the upstream has closed. One that is in use is released by its exchange. */
  forgetIdle(connection: C): void {
    if (!this.#idle.accepted.remove(connection) && !this.#idle.strangers.remove(connection)) return;
    connection.close();
    this.#serveWaiting();
  }

  /** Waits for the exchanges in flight, then closes all connections. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#inUse > 0) await new Promise<void>((resolve) => (this.#onAllReturned = resolve));
    for (const idle of [this.#idle.accepted, this.#idle.strangers])
      for (const connection of [...idle]) this.forgetIdle(connection);
  }

  #tryTake(request: ConnectionRequest): C | null {
    const { isStranger, fresh } = request;
    const holder = nameOf(request);
    if (isStranger && this.#count.ofStrangers() >= this.#maxOfStrangers) return null;
    const own = fresh ? null : this.#takeIdle(holder, request);
    const connection = own ?? this.#openNew(holder, isStranger);
    if (connection === null) return null;
    connection.request = request;
    this.#inUse += 1;
    this.#count.add(request);
    return connection;
  }

  #takeIdle(holder: string, { effect }: ConnectionRequest): C | null {
    const own = this.#idle.accepted.take(holder) ?? this.#idle.strangers.take(holder);
    if (own === null || effect === "read" || !own.lastWasError) return own;
    own.close();
    return null;
  }

  #openNew(holder: string, isStranger: boolean): C | null {
    const { accepted, strangers } = this.#idle;
    const isStrangersShareOpen =
      isStranger && this.#count.ofStrangers() + strangers.size >= this.#maxOfStrangers;
    const isAllOpen = this.#inUse + accepted.size + strangers.size >= this.#max;
    if (isStrangersShareOpen || isAllOpen) {
      // Close an idle connection of a stranger first, so that strangers cannot close those of accepted credentials.
      const replaced = strangers.takeOldest() ?? (isStrangersShareOpen ? null : accepted.takeOldest());
      if (replaced === null) return null;
      replaced.close();
    }
    return this.#open(holder);
  }

  #wait(request: ConnectionRequest): Promise<C | NotSent> {
    return new Promise((resolve) => {
      const { operation } = request;
      const settle = (result: C | NotSent) => {
        timers.cancel(timer);
        operation.unlisten(end);
        resolve(result);
      };
      const waiting = new Waiting<C>(request, (connection) => {
        settle(connection ?? noConnection);
      });
      const end = (operationEnd: OperationEnd) => {
        this.#waiting.remove(waiting);
        settle(operationEnd === "left" ? notSent("left") : noConnection);
      };
      // Operations with more time may have joined meanwhile (see JointOperation), so check the time again.
      const endIfLate = () => {
        const spareMs = operation.remainingMs() - RESERVE_MS;
        if (spareMs > 0) timer = timers.schedule(spareMs, endIfLate);
        else end("expired");
      };
      let timer = timers.schedule(operation.remainingMs() - RESERVE_MS, endIfLate);
      operation.listen(end);
      this.#waiting.add(waiting)?.settle(null);
    });
  }

  #serveWaiting(): void {
    while (this.#inUse < this.#max) {
      const next = this.#waiting.shift(this.#count.ofStrangers() < this.#maxOfStrangers);
      if (next === null) return;
      next.settle(this.#tryTake(next.request));
    }
  }
}
