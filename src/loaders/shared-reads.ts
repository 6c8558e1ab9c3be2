// Reads that are under way, shared by all who want the same at the same time with the same key. No cache: nothing is
// kept once it has been handed out.
import type { BirdClient, Read, PageRead } from "../bird/client.ts";
import { toNoAnswerFailure } from "../bird/decode-failure.ts";
import { fail } from "../result.ts";
import type { Deadline } from "../operation/operation.ts";
import { StopSignal, type StopReason } from "../operation/stop-signal.ts";

/**
 * The same client, whose reads are shared. Different keys never share, and a read that begins after an update has
 * ended never joins one that began before it.
 */
export function shareReads(bird: BirdClient): BirdClient {
  const participants = new InFlight<Read>();
  const pages = new InFlight<PageRead>();
  return {
    getParticipant: (key, address, deadline) =>
      participants.join(conversationOf(address), [key.id(), address.key, address.value], deadline, (shared) =>
        bird.getParticipant(key, address, shared),
      ),
    getParticipantById: (key, address, deadline) =>
      participants.join(conversationOf(address), [key.id(), address.id], deadline, (shared) =>
        bird.getParticipantById(key, address, shared),
      ),
    listParticipants: (key, place, pageToken, deadline) =>
      pages.join(conversationOf(place), [key.id(), pageToken], deadline, (shared) =>
        bird.listParticipants(key, place, pageToken, shared),
      ),
    updateParticipant: async (key, address, status, deadline) => {
      const update = await bird.updateParticipant(key, address, status, deadline);
      // Whatever became of it: what is being read now may be from before it.
      participants.endSharing(conversationOf(address));
      pages.endSharing(conversationOf(address));
      return update;
    },
  };
}

function conversationOf(place: { workspaceId: string; conversationId: string }): string {
  return `${place.workspaceId} ${place.conversationId}`;
}

type Failed = ReturnType<typeof lost>;

/** What a caller gets that does not wait for the end. */
function lost(reason: StopReason) {
  return fail(toNoAnswerFailure({ kind: "noAnswer", reason, sent: true }, null));
}

/** Reads of one kind that are under way. */
class InFlight<Result> {
  /** By conversation, then by credential and what is read. */
  readonly #conversations = new Map<string, Map<string, SharedRead<Result>>>();

  /** Joins a read that is under way, or begins it. */
  join(
    conversation: string,
    name: readonly unknown[],
    deadline: Deadline,
    begin: (deadline: Deadline) => Promise<Result>,
  ): Promise<Result | Failed> {
    const key = JSON.stringify(name);
    const reads = this.#conversations.get(conversation) ?? new Map<string, SharedRead<Result>>();
    const underWay = reads.get(key);
    if (underWay !== undefined) return underWay.join(deadline);
    // Its refusal is its own operation's, and nobody else's who happens to want the same.
    if (deadline.callsLeft() === 0) return begin(deadline);
    const read = new SharedRead(deadline, begin, () => {
      if (reads.get(key) === read) reads.delete(key);
      if (reads.size === 0 && this.#conversations.get(conversation) === reads)
        this.#conversations.delete(conversation);
    });
    reads.set(key, read);
    this.#conversations.set(conversation, reads);
    return read.join(deadline);
  }

  /** Those who wait go on waiting; nobody else joins them. */
  endSharing(conversation: string): void {
    this.#conversations.delete(conversation);
  }
}

/** One read and those who wait for it. It goes on while one of them does. */
class SharedRead<Result> {
  readonly #waiting = new Set<Deadline>();
  readonly #signal = new StopSignal();
  readonly #result: Promise<Result>;
  readonly #onEnd: () => void;

  constructor(first: Deadline, begin: (deadline: Deadline) => Promise<Result>, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#waiting.add(first);
    this.#result = begin({
      operation: first.operation,
      signal: this.#signal,
      expiry: this.#signal,
      remainingMs: () => Math.max(0, ...[...this.#waiting].map((deadline) => deadline.remainingMs())),
      // Whoever waits and has a call left pays.
      takeCall: () => [...this.#waiting].some((deadline) => deadline.takeCall()),
      callsLeft: () => Math.max(0, ...[...this.#waiting].map((deadline) => deadline.callsLeft())),
      cancel: () => {
        this.#signal.stop("cancelled");
      },
      release: onEnd,
    }).finally(onEnd);
  }

  join(deadline: Deadline): Promise<Result | Failed> {
    const stopped = deadline.signal.reason();
    if (stopped !== null) return Promise.resolve(lost(stopped));
    this.#waiting.add(deadline);
    return new Promise((resolve, reject) => {
      const leave = (reason: StopReason) => {
        this.#waiting.delete(deadline);
        if (this.#waiting.size === 0) this.#abandon(reason);
        resolve(lost(reason));
      };
      deadline.signal.listen(leave);
      this.#result.then((result) => {
        deadline.signal.unlisten(leave);
        resolve(result);
      }, reject);
    });
  }

  #abandon(reason: StopReason): void {
    this.#onEnd();
    this.#signal.stop(reason);
  }
}
