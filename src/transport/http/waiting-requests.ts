// The queue of requests that wait for a connection.
import type { ConnectionRequest } from "./connection-request.ts";
import { Counts } from "./counts.ts";
import type { UseCount } from "./use-count.ts";

/** The largest number of strangers' requests that wait: callers with invented keys must not fill the memory. */
const MAX_WAITING_STRANGERS = 1000;

/** `settle` is called with the connection, or with null where the request is dropped from the queue. */
export type Waiting<C> = { request: ConnectionRequest; settle: (connection: C | null) => void };

export class WaitingRequests<C> {
  readonly #inUse: UseCount;
  /** By workspace. */
  readonly #accepted = new Map<string, Set<Waiting<C>>>();
  readonly #strangers = new Set<Waiting<C>>();
  /** The number of strangers' requests that wait, by credential. */
  readonly #byCredential = new Counts();
  readonly #byAddress = new Counts();

  /** @param inUse the connections in use, which decide who is next */
  constructor(inUse: UseCount) {
    this.#inUse = inUse;
  }

  /** @returns the request that was dropped, where too many strangers wait */
  add(waiting: Waiting<C>): Waiting<C> | null {
    const { isStranger, workspaceId } = waiting.request;
    if (!isStranger) {
      const others = this.#accepted.get(workspaceId);
      if (others === undefined) this.#accepted.set(workspaceId, new Set([waiting]));
      else others.add(waiting);
      return null;
    }
    this.#strangers.add(waiting);
    this.#countStranger(waiting, 1);
    if (this.#strangers.size <= MAX_WAITING_STRANGERS) return null;
    const excess = this.#excessStranger(waiting);
    this.remove(excess);
    return excess;
  }

  remove(waiting: Waiting<C>): void {
    if (this.#strangers.delete(waiting)) {
      this.#countStranger(waiting, -1);
      return;
    }
    const { workspaceId } = waiting.request;
    const others = this.#accepted.get(workspaceId);
    others?.delete(waiting);
    if (others?.size === 0) this.#accepted.delete(workspaceId);
  }

  /** The request that gets the next connection; null when none waits. Accepted credentials go first. */
  next(mayServeStranger: boolean): Waiting<C> | null {
    return this.#nextAccepted() ?? (mayServeStranger ? this.#nextStranger() : null);
  }

  /** The first request of the workspace that uses the fewest connections. */
  #nextAccepted(): Waiting<C> | null {
    let fewest = Infinity;
    let next: Waiting<C> | null = null;
    for (const [workspaceId, waiting] of this.#accepted) {
      const inUse = this.#inUse.ofWorkspace(workspaceId);
      if (inUse >= fewest) continue;
      fewest = inUse;
      for (next of waiting) break;
    }
    return next;
  }

  /** The first request of the credential that uses the fewest connections; among equals, of the address with the fewest. */
  #nextStranger(): Waiting<C> | null {
    let fewest = Infinity;
    let fewestOfAddress = Infinity;
    let next: Waiting<C> | null = null;
    for (const waiting of this.#strangers) {
      const inUse = this.#inUse.ofStranger(waiting.request.credentialId);
      const inUseOfAddress = this.#inUse.ofStrangersAddress(addressOf(waiting));
      if (inUse > fewest || (inUse === fewest && inUseOfAddress >= fewestOfAddress)) continue;
      fewest = inUse;
      fewestOfAddress = inUseOfAddress;
      next = waiting;
    }
    return next;
  }

  /**
   * The request to drop where too many strangers wait. It is the last one, unless it is the only one of its credential and
   * its address has less than an equal share of the queue: then it is the last one of the address with the most.
   */
  #excessStranger(last: Waiting<C>): Waiting<C> {
    const { credentialId } = last.request;
    const equalPart = MAX_WAITING_STRANGERS / this.#byAddress.size;
    const isModest =
      this.#byCredential.get(credentialId) === 1 && this.#byAddress.get(addressOf(last) ?? "") < equalPart;
    if (!isModest) return last;
    let most = 0;
    let excess = last;
    for (const waiting of this.#strangers) {
      const ofAddress = this.#byAddress.get(addressOf(waiting) ?? "");
      if (ofAddress < most) continue;
      most = ofAddress;
      excess = waiting;
    }
    return excess;
  }

  #countStranger(waiting: Waiting<C>, by: 1 | -1): void {
    this.#byCredential.change(waiting.request.credentialId, by);
    this.#byAddress.change(addressOf(waiting) ?? "", by);
  }
}

function addressOf({ request }: Pick<Waiting<never>, "request">): string | null {
  return request.operation.callerAddress;
}
