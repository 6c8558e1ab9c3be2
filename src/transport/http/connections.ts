// Who gets a connection to the upstream, and who waits for one. The number of connections is bounded for the process.
import type { OperationEnd } from "../../operation/operation.ts";
import { timers } from "../../operation/timers.ts";
import { notSent, type NotSent } from "../call.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import { IdleConnections } from "./idle-connections.ts";
import { UseCount } from "./use-count.ts";
import { WaitingRequests, type Waiting } from "./waiting-requests.ts";

/** Strangers together get this share of all connections at most, and one at least. */
const STRANGERS_SHARE = 0.25;
/** Milliseconds before the end of its operation at which a request stops waiting: no call would be answered in less. */
const RESERVE_MS = 50;
/** For a request that has waited for nearly as long as its operation lasts. */
const noConnection = notSent("noConnection", 1000);

/** What this file needs to know of a connection. */
export type Closable = { readonly credentialId: string; close: () => void };

/**
 * A connection serves one credential for as long as it lives, so that nothing which the upstream sends late or twice can
 * reach another credential. An idle one of the credential is taken first, then a new one is opened, if necessary in place
 * of the idle one that was used least recently.
 *
 * A workspace may have every connection that no other workspace waits for. Where some wait, the next connection goes to
 * the workspace that has the fewest.
 */
export class Connections<C extends Closable> {
  readonly #max: number;
  readonly #maxOfStrangers: number;
  readonly #open: (credentialId: string) => C;
  /** Connections that carry an exchange, and what for. */
  readonly #inUse = new Map<C, ConnectionRequest>();
  readonly #count = new UseCount();
  readonly #idle = { accepted: new IdleConnections<C>(), strangers: new IdleConnections<C>() };
  readonly #waiting = new WaitingRequests<C>(this.#count);
  #isClosing = false;
  #onAllReturned: () => void = () => undefined;

  /** @param max how many connections there are at most, in use and idle */
  constructor(max: number, open: (credentialId: string) => C) {
    this.#max = max;
    this.#maxOfStrangers = Math.max(1, Math.floor(max * STRANGERS_SHARE));
    this.#open = open;
  }

  /** A connection at once where there is one, else a promise, which ends before the operation does. */
  acquire(request: ConnectionRequest): C | NotSent | Promise<C | NotSent> {
    const end = request.operation.over();
    if (end !== null) return notSent(end);
    return this.#tryTake(request) ?? this.#wait(request);
  }

  /** The exchange is over. @param isUsable whether the connection can carry another one */
  release(connection: C, isUsable: boolean): void {
    const request = this.#inUse.get(connection);
    if (request === undefined) return;
    this.#inUse.delete(connection);
    this.#count.remove(request);
    if (isUsable && !this.#isClosing)
      (request.isStranger ? this.#idle.strangers : this.#idle.accepted).add(connection);
    else connection.close();
    this.#serveWaiting();
    if (this.#inUse.size === 0) this.#onAllReturned();
  }

  /** The upstream has closed a connection. One that is in use is released by its exchange. */
  forgetIdle(connection: C): void {
    if (!this.#idle.accepted.remove(connection) && !this.#idle.strangers.remove(connection)) return;
    connection.close();
    this.#serveWaiting();
  }

  /** Waits for the exchanges under way, then closes all connections. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if (this.#inUse.size > 0) await new Promise<void>((resolve) => (this.#onAllReturned = resolve));
    for (const idle of [this.#idle.accepted, this.#idle.strangers])
      for (const connection of [...idle]) this.forgetIdle(connection);
  }

  #tryTake(request: ConnectionRequest): C | null {
    const { isStranger, fresh, credentialId } = request;
    if (isStranger && this.#count.ofStrangers() >= this.#maxOfStrangers) return null;
    const own = fresh
      ? null
      : (this.#idle.accepted.take(credentialId) ?? this.#idle.strangers.take(credentialId));
    const connection = own ?? this.#openNew(request);
    if (connection === null) return null;
    this.#inUse.set(connection, request);
    this.#count.add(request);
    return connection;
  }

  #openNew({ isStranger, credentialId }: ConnectionRequest): C | null {
    const { accepted, strangers } = this.#idle;
    const isStrangersShareOpen =
      isStranger && this.#count.ofStrangers() + strangers.size >= this.#maxOfStrangers;
    const isAllOpen = this.#inUse.size + accepted.size + strangers.size >= this.#max;
    if (isStrangersShareOpen || isAllOpen) {
      // What strangers left idle goes first, so that they cannot close the connections of accepted credentials.
      const replaced = strangers.takeOldest() ?? (isStrangersShareOpen ? null : accepted.takeOldest());
      if (replaced === null) return null;
      replaced.close();
    }
    return this.#open(credentialId);
  }

  #wait(request: ConnectionRequest): Promise<C | NotSent> {
    return new Promise((resolve) => {
      const { operation } = request;
      const settle = (result: C | NotSent) => {
        timers.cancel(timer);
        operation.unlisten(end);
        resolve(result);
      };
      const waiting: Waiting<C> = {
        request,
        settle: (connection) => {
          settle(connection ?? noConnection);
        },
      };
      const end = (operationEnd: OperationEnd) => {
        this.#waiting.remove(waiting);
        settle(operationEnd === "left" ? notSent("left") : noConnection);
      };
      // Others may have joined the operation meanwhile, with more time.
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
    for (;;) {
      const mayServeStranger = this.#count.ofStrangers() < this.#maxOfStrangers;
      const next = this.#waiting.next(mayServeStranger);
      const connection = next === null ? null : this.#tryTake(next.request);
      if (next === null || connection === null) return;
      this.#waiting.remove(next);
      next.settle(connection);
    }
  }
}
