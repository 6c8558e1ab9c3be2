// The queue of requests that wait for a connection.
import { FairQueue, type Counted, type Turn } from "../limiter/fair-queue.ts";
import type { Holder } from "../strangers.ts";
import type { ConnectionRequest } from "./connection-request.ts";
import { Counts } from "./counts.ts";
import type { UseCount } from "./use-count.ts";

/** The largest number of strangers' requests that wait: callers with invented keys must not fill the memory. */
const MAX_WAITING_STRANGERS = 1000;

/** A request that waits. */
export class Waiting<C> implements Counted {
  request: ConnectionRequest;
  readonly credentialId: string;
  readonly operation: object;
  /** Called with the connection, or with null where the request is dropped from the queue. */
  readonly settle: (connection: C | null) => void;
  /** Its position in the queue; null where it does not wait. */
  turn: Turn<Waiting<C>> | null = null;

  constructor(request: ConnectionRequest, settle: (connection: C | null) => void) {
    this.request = request;
    this.credentialId = request.credentialId;
    this.operation = request.operation.owner;
    this.settle = settle;
  }
}

/** The requests of accepted credentials by workspace, or those of strangers by credential. Served least recently first. */
type Queues<C> = Map<string, FairQueue<Waiting<C>>>;

export class WaitingRequests<C> {
  readonly #inUse: UseCount;
  readonly #accepted: Queues<C> = new Map();
  readonly #strangers: Queues<C> = new Map();
  /** The number of strangers' requests that wait, by address. */
  readonly #byAddress = new Counts();
  #waitingStrangers = 0;

  /** @param inUse the connections in use, which decide who is next */
  constructor(inUse: UseCount) {
    this.#inUse = inUse;
  }

  /** @returns the request that was dropped, where too many strangers wait */
  add(waiting: Waiting<C>): Waiting<C> | null {
    const queues = this.#queuesOf(waiting);
    const key = queueKeyOf(waiting.request);
    const queue = queues.get(key) ?? new FairQueue<Waiting<C>>();
    queues.set(key, queue);
    waiting.turn = queue.push(waiting);
    if (!waiting.request.isStranger) return null;
    this.#countStranger(waiting, 1);
    if (this.#waitingStrangers <= MAX_WAITING_STRANGERS) return null;
    const excess = this.#excessStranger(waiting);
    this.remove(excess);
    return excess;
  }

  remove(waiting: Waiting<C>): void {
    if (waiting.turn === null) return;
    waiting.turn.leave();
    waiting.turn = null;
    if (waiting.request.isStranger) this.#countStranger(waiting, -1);
    const queues = this.#queuesOf(waiting);
    const key = queueKeyOf(waiting.request);
    if (queues.get(key)?.size === 0) queues.delete(key);
  }

  /** Takes the request that gets the next connection; null when none waits. Accepted credentials go first. */
  shift(mayServeStranger: boolean): Waiting<C> | null {
    const next = this.#nextAccepted() ?? (mayServeStranger ? this.#nextStranger() : null);
    if (next === null) return null;
    const queues = this.#queuesOf(next);
    const key = queueKeyOf(next.request);
    const queue = queues.get(key);
    // Taking it from its queue, unlike `remove`, makes its operation and its credential the last ones there.
    queue?.shift();
    queues.delete(key);
    if (queue !== undefined && queue.size > 0) queues.set(key, queue);
    next.turn = null;
    if (next.request.isStranger) this.#countStranger(next, -1);
    return next;
  }

  /** Bird has accepted a credential in a workspace: its requests no longer wait behind those of accepted credentials. */
  accept({ workspaceId, credentialId }: Holder): void {
    for (const waiting of this.#strangers.get(credentialId)?.ticketsOf(credentialId) ?? []) {
      if (waiting.request.workspaceId !== workspaceId) continue;
      this.remove(waiting);
      waiting.request = { ...waiting.request, isStranger: false };
      this.add(waiting);
    }
  }

  #queuesOf({ request }: Waiting<C>): Queues<C> {
    return request.isStranger ? this.#strangers : this.#accepted;
  }

  /** The next request of the workspace that uses the fewest connections; among equals, of the one served least recently. */
  #nextAccepted(): Waiting<C> | null {
    let fewest = Infinity;
    let next: Waiting<C> | null = null;
    for (const [workspaceId, { first }] of this.#accepted) {
      const inUse = this.#inUse.ofWorkspace(workspaceId);
      if (first === undefined || inUse >= fewest) continue;
      if (inUse === 0) return first;
      fewest = inUse;
      next = first;
    }
    return next;
  }

  /**
   * The next request of the credential that uses the fewest connections; among equals, of the address with the fewest, and
   * then of the credential served least recently.
   */
  #nextStranger(): Waiting<C> | null {
    let fewest = Infinity;
    let fewestOfAddress = Infinity;
    let next: Waiting<C> | null = null;
    for (const [credentialId, { first }] of this.#strangers) {
      const inUse = this.#inUse.ofStranger(credentialId);
      if (first === undefined || inUse > fewest) continue;
      const inUseOfAddress = this.#inUse.ofStrangersAddress(addressOf(first.request));
      if (inUse === fewest && inUseOfAddress >= fewestOfAddress) continue;
      fewest = inUse;
      fewestOfAddress = inUseOfAddress;
      next = first;
    }
    return next;
  }

  /**
   * The request to drop where too many strangers wait: one of the credential that has most. Where each has one, it is the
   * last one of the address that has most.
   */
  #excessStranger(last: Waiting<C>): Waiting<C> {
    let most = 1;
    let mostOfAddress = 0;
    let excess = last;
    for (const { size, largest, first } of this.#strangers.values()) {
      if (first === undefined || largest === undefined) continue;
      const ofAddress = this.#byAddress.get(addressOf(first.request) ?? "");
      if (size < most || (size === most && size === 1 && ofAddress < mostOfAddress)) continue;
      most = size;
      mostOfAddress = ofAddress;
      excess = largest;
    }
    return excess;
  }

  #countStranger(waiting: Waiting<C>, by: 1 | -1): void {
    this.#waitingStrangers += by;
    this.#byAddress.change(addressOf(waiting.request) ?? "", by);
  }
}

/** The key of a request's queue: accepted credentials wait by workspace, strangers by credential. */
function queueKeyOf(request: ConnectionRequest): string {
  return request.isStranger ? request.credentialId : request.workspaceId;
}

function addressOf(request: ConnectionRequest): string | null {
  return request.operation.callerAddress;
}
