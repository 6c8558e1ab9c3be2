// Loads the participants that one operation wants. Each is looked up once, and several of a conversation are looked up
// together where that takes fewer calls.
import DataLoader from "dataloader";
import type { AccessKey } from "../bird/access-key.ts";
import {
  conversationKey,
  lookupKey,
  type ConversationIds,
  type ParticipantAddress,
  type ParticipantIdAddress,
} from "../bird/address.ts";
import type { Bird, BirdClient, PageResult, ReadResult, UpdateResult } from "../bird/client.ts";
import { invalidInput } from "../bird/failures.ts";
import type { Participant, SettableStatus } from "../bird/participant.ts";
import { fail, succeed } from "../result.ts";
import type { Operation } from "../operation/operation.ts";
import { readBatch } from "./batch-read.ts";
import type { ListDenials } from "./list-denials.ts";

/** The two addresses of a participant. Only references of routers use an id, and an operation that updates has none of them. */
export type AnyAddress = ParticipantAddress | ParticipantIdAddress;

export interface ParticipantLoader {
  /** Reads a participant, or joins the same read of this operation. */
  load(key: AccessKey, address: AnyAddress): Promise<ReadResult>;
  /** Sets a status. Later reads of this operation in the same conversation are sent to Bird again. */
  update(key: AccessKey, address: ParticipantAddress, status: SettableStatus | null): Promise<UpdateResult>;
}

/** What the loaders of all operations share. */
export type LoaderParts = {
  bird: BirdClient;
  /** The lists that Bird has denied; null when lists must not be used. */
  listDenials: ListDenials | null;
  /** Reads a second that a workspace's quota allows. */
  readsPerSecond: number;
};

/** Each workspace has its own quota and circuit, so an operation over many workspaces could cause too much load. */
const MAX_WORKSPACES = 10;

const tooManyWorkspaces = fail(
  invalidInput({
    path: "workspaceId",
    messages: [`must be one of at most ${MAX_WORKSPACES} workspaces in one operation`],
  }),
);

/** Creates the loader of one operation. Never share it between callers: it caches results. */
export function createParticipantLoader(parts: LoaderParts, operation: Operation): ParticipantLoader {
  return new OperationLoader(parts, operation);
}

class OperationLoader implements ParticipantLoader {
  readonly #parts: LoaderParts;
  readonly #operation: Operation;
  readonly #workspaceIds = new Set<string>();
  /** One loader for each access key, so that a result of one key is never returned to another. */
  readonly #loaders = new Map<AccessKey, KeyLoader>();

  constructor(parts: LoaderParts, operation: Operation) {
    this.#parts = parts;
    this.#operation = operation;
  }

  load(key: AccessKey, address: AnyAddress): Promise<ReadResult> {
    if (this.#isOneTooMany(address)) return Promise.resolve(tooManyWorkspaces);
    return this.#loaderFor(key).load(address);
  }

  async update(
    key: AccessKey,
    address: ParticipantAddress,
    status: SettableStatus | null,
  ): Promise<UpdateResult> {
    if (this.#isOneTooMany(address)) return tooManyWorkspaces;
    const update = await this.#parts.bird.for(key, this.#operation).updateParticipant(address, status);
    // Results read before the update may be stale, also those of another lookup key of the same participant.
    for (const loader of this.#loaders.values()) loader.forget(address);
    if (update.ok) this.#loaderFor(key).remember(address, update.value);
    return update;
  }

  #isOneTooMany({ workspaceId }: AnyAddress): boolean {
    if (this.#workspaceIds.size < MAX_WORKSPACES) this.#workspaceIds.add(workspaceId);
    return !this.#workspaceIds.has(workspaceId);
  }

  #loaderFor(key: AccessKey): KeyLoader {
    const loader = this.#loaders.get(key) ?? new KeyLoader(this.#parts, key, this.#operation);
    this.#loaders.set(key, loader);
    return loader;
  }
}

type Reads = DataLoader<AnyAddress, ReadResult, string>;

/** The share of the operation's time that a page may take: if the list hangs, single reads get the rest. */
const PAGE_SHARE = 0.5;

/** The reads of one access key in one operation. */
class KeyLoader {
  readonly #parts: LoaderParts;
  readonly #key: AccessKey;
  readonly #operation: Operation;
  readonly #bird: Bird;
  /** By conversation. */
  readonly #reads = new Map<string, Reads>();

  constructor(parts: LoaderParts, key: AccessKey, operation: Operation) {
    this.#parts = parts;
    this.#key = key;
    this.#operation = operation;
    this.#bird = parts.bird.for(key, operation);
  }

  load(address: AnyAddress): Promise<ReadResult> {
    return this.#readsOf(address).load(address);
  }

  remember(address: AnyAddress, participant: Participant): void {
    this.#readsOf(address).prime(address, succeed(participant));
  }

  /** Drops all cached results of this conversation. */
  forget(conversation: ConversationIds): void {
    this.#reads.delete(conversationKey(conversation));
  }

  #readsOf(conversation: ConversationIds): Reads {
    const name = conversationKey(conversation);
    const known = this.#reads.get(name);
    if (known !== undefined) return known;
    const reads: Reads = new DataLoader<AnyAddress, ReadResult, string>(
      async (addresses) => {
        const results = await this.#readAll(conversation, addresses);
        for (const [index, address] of addresses.entries())
          if (isTemporary(results[index])) reads.clear(address);
        return results;
      },
      { cacheKeyFn: lookupKey },
    );
    this.#reads.set(name, reads);
    return reads;
  }

  /** Reads different addresses of one conversation. The results are in the order of the addresses. */
  async #readAll(conversation: ConversationIds, addresses: readonly AnyAddress[]): Promise<ReadResult[]> {
    const [only] = addresses;
    if (only !== undefined && addresses.length === 1) return [await this.#readAlone(only)];
    const { listDenials, readsPerSecond } = this.#parts;
    const credentialId = this.#key.id();
    const mayList = listDenials?.isDenied(credentialId, conversation) === false;
    const lookups = addresses.map((address) => ({
      key: lookupKey(address),
      readAlone: () => this.#readAlone(address),
    }));
    const results = await readBatch(lookups, {
      readPage: mayList ? (pageToken) => this.#readPage(conversation, pageToken) : null,
      onListFailure: (failure) => {
        listDenials?.note(credentialId, conversation, failure);
      },
      readsPerSecond,
      remainingMs: () => this.#operation.remainingMs(),
    });
    return lookups.flatMap((lookup) => results.get(lookup) ?? []);
  }

  #readAlone(address: AnyAddress): Promise<ReadResult> {
    return "id" in address ? this.#bird.getParticipantById(address) : this.#bird.getParticipant(address);
  }

  async #readPage(conversation: ConversationIds, pageToken: string | null): Promise<PageResult> {
    const limited = this.#operation.within(PAGE_SHARE * this.#operation.remainingMs());
    try {
      return await this.#parts.bird.for(this.#key, limited).listParticipants(conversation, pageToken);
    } finally {
      limited.close();
    }
  }
}

/** Whether a later read may have another result: after every failure but "not found". Such a result is not cached. */
function isTemporary(read: ReadResult | undefined): boolean {
  return read !== undefined && !read.ok && read.failure.kind !== "notFound";
}
