// Reads that are under way, shared by all who want the same at the same time with the same key. This is no cache: a
// result is not kept once it has been handed out.
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
 * The same client, whose reads are shared. Different keys never share, and a read that begins after an update has
 * ended never joins one that began before it.
 */
export function shareReads(bird: BirdClient): BirdClient {
  const participants = new InFlight<ReadResult>();
  const pages = new InFlight<PageResult>();
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
    // Also after a failure: what is being read now may be from before the update.
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

/** What a caller gets whose operation is over before the read is. */
function ended(end: OperationEnd) {
  return fail(toNoResponseFailure({ reason: end }, null));
}

/**
 * Waits for a read that another operation has begun. It may not have been sent because that operation had too little
 * time to wait for the quota: an operation with enough time then asks again.
 */
async function joinPatiently<Value extends AnyResult>(
  read: SharedRead<Value>,
  operation: Operation,
  again: () => Promise<Value | Ended>,
): Promise<Value | Ended> {
  const result = await read.join(operation);
  const waitMs = quotaWaitMs(result);
  const wasForTime = waitMs !== null && read.beganWithMs <= waitMs && operation.remainingMs() > waitMs;
  return wasForTime ? again() : result;
}

/** How long the quota would have made the call wait, where it was not sent because of that; null for any other end. */
function quotaWaitMs(result: AnyResult): number | null {
  if (result.ok || result.failure.kind !== "rateLimited") return null;
  return result.failure.code === "BudgetExhausted" ? result.failure.retryAfterMs : null;
}

type AnyResult = Result<unknown, ReadFailure>;

/** Reads of one kind that are under way. */
class InFlight<Value extends AnyResult> {
  /** By conversation, then by credential and what is read. */
  readonly #conversations = new Map<string, Map<string, SharedRead<Value>>>();

  /** Joins a read that is under way, or begins it. */
  join(
    { conversation, key }: { conversation: string; key: string },
    operation: Operation,
    begin: (operation: Operation) => Promise<Value>,
  ): Promise<Value | Ended> {
    const over = operation.over();
    if (over !== null) return Promise.resolve(ended(over));
    const reads = this.#conversations.get(conversation) ?? new Map<string, SharedRead<Value>>();
    const underWay = reads.get(key);
    if (underWay !== undefined) {
      const again = () => this.join({ conversation, key }, operation, begin);
      return joinPatiently(underWay, operation, again);
    }
    // An operation that may cause no more calls is rejected alone: others who want the same still may.
    if (operation.callsLeft() === 0) return begin(operation);
    const read = new SharedRead(operation, begin, () => {
      if (reads.get(key) === read) reads.delete(key);
      if (reads.size === 0 && this.#conversations.get(conversation) === reads)
        this.#conversations.delete(conversation);
    });
    reads.set(key, read);
    this.#conversations.set(conversation, reads);
    return read.join(operation);
  }

  /** Those who wait go on waiting; later readers begin anew. */
  endSharing(conversation: string): void {
    this.#conversations.delete(conversation);
  }
}

/** One read and the operations that wait for it. It goes on while one of them does. */
class SharedRead<Value extends AnyResult> {
  /** Milliseconds that the operation had left which began it. */
  readonly beganWithMs: number;
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
