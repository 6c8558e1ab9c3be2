// Shares a read in flight among all operations that want the same participant with the same key. It is no cache: a result
// is dropped once it has been returned.
import type { AccessKey } from "../bird/access-key.ts";
import {
  conversationKey,
  lookupKey,
  type ConversationIds,
  type ParticipantAddress,
  type ParticipantIdAddress,
} from "../bird/address.ts";
import type { Bird, BirdClient, PageResult, ReadResult, UpdateResult } from "../bird/client.ts";
import { toNoResponseFailure } from "../bird/decode-failure.ts";
import type { ReadFailure } from "../bird/failures.ts";
import type { SettableStatus } from "../bird/participant.ts";
import { fail, type Result } from "../result.ts";
import { JointOperation } from "../operation/joint-operation.ts";
import type { Operation, OperationEnd } from "../operation/operation.ts";

/**
 * Wraps a client so that its reads are shared. Different keys never share a read, and a read that begins after an update
 * has ended never joins one that began before it.
 */
export function shareReads(bird: BirdClient): BirdClient {
  const participants = new InFlight<ReadResult>({ repeatsTimeouts: true });
  // After a page that timed out, single reads need the time.
  const pages = new InFlight<PageResult>({ repeatsTimeouts: false });
  return { for: (key, operation) => new SharingBird({ bird, participants, pages }, key, operation) };
}

type Parts = { bird: BirdClient; participants: InFlight<ReadResult>; pages: InFlight<PageResult> };

class SharingBird implements Bird {
  readonly #parts: Parts;
  readonly #key: AccessKey;
  readonly #operation: Operation;

  constructor(parts: Parts, key: AccessKey, operation: Operation) {
    this.#parts = parts;
    this.#key = key;
    this.#operation = operation;
  }

  getParticipant(address: ParticipantAddress): Promise<ReadResult> {
    return this.#join(this.#parts.participants, address, lookupKey(address), (bird) =>
      bird.getParticipant(address),
    );
  }

  getParticipantById(address: ParticipantIdAddress): Promise<ReadResult> {
    return this.#join(this.#parts.participants, address, lookupKey(address), (bird) =>
      bird.getParticipantById(address),
    );
  }

  listParticipants(conversation: ConversationIds, pageToken: string | null): Promise<PageResult> {
    return this.#join(this.#parts.pages, conversation, pageToken ?? "", (bird) =>
      bird.listParticipants(conversation, pageToken),
    );
  }

  async updateParticipant(address: ParticipantAddress, status: SettableStatus | null): Promise<UpdateResult> {
    const { bird, participants, pages } = this.#parts;
    const update = await bird.for(this.#key, this.#operation).updateParticipant(address, status);
    // After a failure too: a read in flight may show the state from before the update.
    participants.endSharing(conversationKey(address));
    pages.endSharing(conversationKey(address));
    return update;
  }

  #join<Value extends AnyResult>(
    inFlight: InFlight<Value>,
    conversation: ConversationIds,
    what: string,
    read: (bird: Bird) => Promise<Value>,
  ): Promise<Value | Ended> {
    const wanted = { conversation: conversationKey(conversation), key: `${this.#key.id()} ${what}` };
    return inFlight.join(wanted, this.#operation, (operation) =>
      read(this.#parts.bird.for(this.#key, operation)),
    );
  }
}

type Ended = ReturnType<typeof ended>;

/** The failure for a caller whose operation ended before the read did. */
function ended(end: OperationEnd) {
  return fail(toNoResponseFailure({ reason: end }, null));
}

/** Milliseconds to wait for the quota, where the call was not sent because of it; null for any other result. */
function quotaWaitMs(result: AnyResult): number | null {
  if (result.ok || result.failure.kind !== "rateLimited") return null;
  return result.failure.code === "BudgetExhausted" ? result.failure.retryAfterMs : null;
}

function isTimeout(result: AnyResult): boolean {
  return !result.ok && result.failure.kind === "upstream" && result.failure.reason === "TIMEOUT";
}

type AnyResult = Result<unknown, ReadFailure>;

/**
 * An entry is emptied at the end of its read. V8 keeps the old tables of a map for a while after it has grown or shrunk, and
 * everything in them: whole requests would be copied to the old generation.
 */
type Entry<Value extends AnyResult> = { read: SharedRead<Value> | null };

/** The reads of one kind that are in flight. */
class InFlight<Value extends AnyResult> {
  /** By conversation, then by credential and what is read. */
  readonly #conversations = new Map<string, Map<string, Entry<Value>>>();
  readonly #repeatsTimeouts: boolean;

  /** @param repeatsTimeouts whether an operation that joined late reads again after a timeout */
  constructor({ repeatsTimeouts }: { repeatsTimeouts: boolean }) {
    this.#repeatsTimeouts = repeatsTimeouts;
  }

  /** Joins a read in flight, or begins a new one. */
  join(
    { conversation, key }: { conversation: string; key: string },
    operation: Operation,
    begin: (operation: Operation) => Promise<Value>,
  ): Promise<Value | Ended> {
    const over = operation.over();
    if (over !== null) return Promise.resolve(ended(over));
    const reads = this.#conversations.get(conversation) ?? new Map<string, Entry<Value>>();
    const underWay = reads.get(key)?.read ?? null;
    if (underWay !== null) {
      const again = () => this.join({ conversation, key }, operation, begin);
      return this.#joinOrReadAgain(underWay, operation, again);
    }
    // An operation without calls left fails on its own: others that want the same participant may still read it.
    if (operation.callsLeft() === 0) return begin(operation);
    const entry: Entry<Value> = { read: null };
    const read = new SharedRead(operation, begin, () => {
      entry.read = null;
      if (reads.get(key) === entry) reads.delete(key);
      if (reads.size === 0 && this.#conversations.get(conversation) === reads)
        this.#conversations.delete(conversation);
    });
    entry.read = read;
    reads.set(key, entry);
    this.#conversations.set(conversation, reads);
    return read.join(operation);
  }

  /**
   * Waits for a read that another operation has begun. This operation reads again where its own read may have had another
   * result: where the other operation had too little time to wait for the quota and this one has enough, and where this
   * operation waited for less than half of a read that waited too long, for the quota or for Bird.
   */
  async #joinOrReadAgain(
    read: SharedRead<Value>,
    operation: Operation,
    again: () => Promise<Value | Ended>,
  ): Promise<Value | Ended> {
    const joinedAtMs = performance.now();
    const result = await read.join(operation);
    const waitMs = quotaWaitMs(result);
    const hadTooLittleTime =
      waitMs !== null && read.beganWithMs <= waitMs && operation.remainingMs() > waitMs;
    const hasJoinedLate = performance.now() - joinedAtMs < joinedAtMs - read.beganAtMs;
    const waitedTooLong = waitMs !== null || (this.#repeatsTimeouts && isTimeout(result));
    return hadTooLittleTime || (hasJoinedLate && waitedTooLong) ? again() : result;
  }

  /** Operations that wait go on waiting. Later ones begin a new read. */
  endSharing(conversation: string): void {
    this.#conversations.delete(conversation);
  }
}

/** One read and the operations that wait for it. It is cancelled when all of them are over. */
class SharedRead<Value extends AnyResult> {
  /** Milliseconds that the operation which began the read had left at that time. */
  readonly beganWithMs: number;
  readonly beganAtMs = performance.now();
  readonly #waiting: JointOperation;
  readonly #result: Promise<Value>;

  constructor(first: Operation, begin: (operation: Operation) => Promise<Value>, onEnd: () => void) {
    this.beganWithMs = first.remainingMs();
    this.#waiting = new JointOperation(first);
    this.#waiting.listen(onEnd);
    this.#result = begin(this.#waiting).finally(() => {
      this.#waiting.close();
      onEnd();
    });
  }

  /** @param operation is not over */
  join(operation: Operation): Promise<Value | Ended> {
    this.#waiting.join(operation);
    return new Promise((resolve, reject) => {
      const leave = (end: OperationEnd) => {
        resolve(ended(end));
      };
      operation.listen(leave);
      this.#result
        .finally(() => {
          operation.unlisten(leave);
        })
        .then(resolve, reject);
    });
  }
}
