// The participants one operation wants: each looked up once, however often it is asked for, and together where that is
// cheaper.
import DataLoader from "dataloader";
import type { AccessKey } from "../bird/access-key.ts";
import {
  conversationKey,
  lookupKey,
  type ParticipantAddress,
  type ParticipantIdAddress,
} from "../bird/address.ts";
import type { Bird, BirdClient, ReadResult, UpdateResult } from "../bird/client.ts";
import { invalidInput } from "../bird/failures.ts";
import type { SettableStatus } from "../bird/participant.ts";
import { fail, succeed } from "../result.ts";
import type { Operation } from "../operation/operation.ts";
import { readBatch } from "./batch-plan.ts";
import type { ListDenials } from "./list-denials.ts";

/** What a participant can be looked up by. Only references of routers come by id, and none in an operation that updates. */
export type AnyAddress = ParticipantAddress | ParticipantIdAddress;

export interface ParticipantLoader {
  /** Reads a participant, or joins the same read of this operation. */
  load(key: AccessKey, address: AnyAddress): Promise<ReadResult>;
  /** Sets a status; a later `load` in this operation sees the new one. */
  update(key: AccessKey, address: ParticipantAddress, status: SettableStatus | null): Promise<UpdateResult>;
}

/** What the loaders of all operations have in common. */
export type LoaderParts = {
  bird: BirdClient;
  /** Which lists have been denied; null when nothing is ever to be listed. */
  listDenials: ListDenials | null;
};

/** Each workspace has a quota and a circuit of its own, so naming many would come to more than one operation may cause. */
const MAX_WORKSPACES = 10;

const tooManyWorkspaces = fail(
  invalidInput({
    path: "workspaceId",
    messages: [`must be one of at most ${MAX_WORKSPACES} workspaces in one operation`],
  }),
);

/** A loader for one operation of one caller: never share one between callers, since it remembers what they saw. */
export function createParticipantLoader(parts: LoaderParts, operation: Operation): ParticipantLoader {
  // Apart for each key object: what one key saw can never be the answer to another.
  const loaders = new Map<AccessKey, KeyLoader>();
  const loaderFor = (key: AccessKey) => {
    const loader = loaders.get(key) ?? new KeyLoader(parts, key, operation);
    loaders.set(key, loader);
    return loader;
  };
  const workspaceIds = new Set<string>();
  const isOneTooMany = ({ workspaceId }: AnyAddress) => {
    if (workspaceIds.size < MAX_WORKSPACES) workspaceIds.add(workspaceId);
    return !workspaceIds.has(workspaceId);
  };
  return {
    load: (key, address) =>
      isOneTooMany(address) ? Promise.resolve(tooManyWorkspaces) : loaderFor(key).load(address),
    update: (key, address, status) =>
      isOneTooMany(address) ? Promise.resolve(tooManyWorkspaces) : loaderFor(key).update(address, status),
  };
}

type Reads = DataLoader<AnyAddress, ReadResult, string>;

/** What one access key reads and updates in one operation. */
class KeyLoader {
  readonly #listDenials: ListDenials | null;
  readonly #credentialId: string;
  readonly #bird: Bird;
  readonly #reads: Reads;

  constructor({ bird, listDenials }: LoaderParts, key: AccessKey, operation: Operation) {
    this.#listDenials = listDenials;
    this.#credentialId = key.id();
    this.#bird = bird.for(key, operation);
    this.#reads = new DataLoader((addresses) => this.#readAll(addresses), { cacheKeyFn: toCacheKey });
  }

  load(address: AnyAddress): Promise<ReadResult> {
    return this.#reads.load(address);
  }

  async update(address: ParticipantAddress, status: SettableStatus | null): Promise<UpdateResult> {
    this.#reads.clear(address);
    const update = await this.#bird.updateParticipant(address, status);
    // Whatever was read meanwhile may be older than the update.
    this.#reads.clear(address);
    if (update.ok) this.#reads.prime(address, succeed(update.value));
    return update;
  }

  /** Reads addresses that are all different, conversation by conversation; the results are in their order. */
  async #readAll(addresses: readonly AnyAddress[]): Promise<ReadResult[]> {
    const results = new Map<AnyAddress, ReadResult>();
    const readGroup = async (group: Group) => {
      for (const [address, read] of await this.#readConversation(group)) results.set(address, read);
    };
    await Promise.all(groupByConversation(addresses).map(readGroup));
    for (const [address, result] of results) if (isPassing(result)) this.#reads.clear(address);
    return addresses.flatMap((address) => results.get(address) ?? []);
  }

  async #readConversation(group: Group): Promise<Map<AnyAddress, ReadResult>> {
    const [conversation] = group;
    const lookups = group.map((address) => ({
      address,
      key: lookupKey(address),
      readAlone: () =>
        "id" in address ? this.#bird.getParticipantById(address) : this.#bird.getParticipant(address),
    }));
    const mayList = this.#listDenials?.isDenied(this.#credentialId, conversation) === false;
    const readPage = (token: string | null) => this.#bird.listParticipants(conversation, token);
    const reads = await readBatch(lookups, mayList ? readPage : null, (failure) => {
      this.#listDenials?.note(this.#credentialId, conversation, failure);
    });
    return new Map([...reads].map(([lookup, read]) => [lookup.address, read]));
  }
}

/** What may be different in a moment is not remembered; a participant that is not there is. */
function isPassing(read: ReadResult): boolean {
  return !read.ok && read.failure.kind !== "notFound";
}

/** Addresses of one conversation. */
type Group = [AnyAddress, ...AnyAddress[]];

function groupByConversation(addresses: readonly AnyAddress[]): Group[] {
  const groups = new Map<string, Group>();
  for (const address of addresses) {
    const conversation = conversationKey(address);
    const group = groups.get(conversation);
    if (group === undefined) groups.set(conversation, [address]);
    else group.push(address);
  }
  return [...groups.values()];
}

function toCacheKey(address: AnyAddress): string {
  return `${conversationKey(address)} ${lookupKey(address)}`;
}
