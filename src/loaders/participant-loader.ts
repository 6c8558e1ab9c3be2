// The participants one operation wants: each looked up once, however often it is asked for, and together where that is
// cheaper.
import DataLoader from "dataloader";
import type { AccessKey } from "../bird/access-key.ts";
import type { ParticipantAddress, ParticipantIdAddress } from "../bird/address.ts";
import type { BirdClient, Read, Update } from "../bird/client.ts";
import type { SettableStatus } from "../bird/participant.ts";
import { succeed } from "../result.ts";
import type { Deadline } from "../operation/operation.ts";
import { identifierName, idName, readBatch } from "./batch-plan.ts";
import type { ListRefusals } from "./list-denials.ts";

/** What a participant can be looked up by. Only references of routers come by id, and none in an operation that updates. */
export type AnyAddress = ParticipantAddress | ParticipantIdAddress;

export interface ParticipantLoader {
  /** Reads a participant, or joins the same read of this operation. */
  load(key: AccessKey, address: AnyAddress): Promise<Read>;
  /** Sets a status; a later `load` in this operation sees the answer. */
  update(key: AccessKey, address: ParticipantAddress, status: SettableStatus | null): Promise<Update>;
}

/** What the loaders of all operations have in common. */
export type LoaderParts = {
  bird: BirdClient;
  /** Which lists have been refused; null when nothing is ever to be listed. */
  listRefusals: ListRefusals | null;
};

/** A loader for one operation of one caller: never share one between callers, since it remembers what they saw. */
export function createParticipantLoader(parts: LoaderParts, deadline: Deadline): ParticipantLoader {
  // One memory per key object: what one key saw can never be the answer to another.
  const memories = new Map<AccessKey, Reads>();
  const readsWith = (key: AccessKey) => {
    const reads = memories.get(key) ?? createReads(parts, key, deadline);
    memories.set(key, reads);
    return reads;
  };
  return {
    load: (key, address) => readsWith(key).load(address),
    update: async (key, address, status) => {
      const reads = readsWith(key);
      reads.clear(address);
      const update = await parts.bird.updateParticipant(key, address, status, deadline);
      // Whatever was read meanwhile may be older than the update.
      reads.clear(address);
      if (update.ok) reads.prime(address, succeed(update.value));
      return update;
    },
  };
}

type Reads = DataLoader<AnyAddress, Read, string>;

function createReads(parts: LoaderParts, key: AccessKey, deadline: Deadline): Reads {
  const reads: Reads = new DataLoader(
    async (addresses) => {
      const results = await readAll(parts, key, addresses, deadline);
      for (const [index, address] of addresses.entries()) if (mayPass(results[index])) reads.clear(address);
      return results;
    },
    { cacheKeyFn: toCacheKey },
  );
  return reads;
}

/** What may be different in a moment is not remembered; a participant that is not there is. */
function mayPass(read: Read | undefined): boolean {
  return read !== undefined && !read.ok && read.failure.kind !== "notFound";
}

/** Addresses of one conversation. */
type Group = [AnyAddress, ...AnyAddress[]];

/** Reads addresses that are all different, conversation by conversation; the results are in their order. */
async function readAll(
  parts: LoaderParts,
  key: AccessKey,
  addresses: readonly AnyAddress[],
  deadline: Deadline,
): Promise<Read[]> {
  const results = new Map<AnyAddress, Read>();
  const readGroup = async (group: Group) => {
    const reads = await readConversation(parts, key, group, deadline);
    for (const [address, read] of reads) results.set(address, read);
  };
  await Promise.all(groupByConversation(addresses).map(readGroup));
  return addresses.flatMap((address) => results.get(address) ?? []);
}

function groupByConversation(addresses: readonly AnyAddress[]): Group[] {
  const groups = new Map<string, Group>();
  for (const address of addresses) {
    const conversation = `${address.workspaceId} ${address.conversationId}`;
    const group = groups.get(conversation);
    if (group === undefined) groups.set(conversation, [address]);
    else group.push(address);
  }
  return [...groups.values()];
}

async function readConversation(
  { bird, listRefusals }: LoaderParts,
  key: AccessKey,
  group: Group,
  deadline: Deadline,
): Promise<Map<AnyAddress, Read>> {
  const [place] = group;
  const lookups = group.map((address) => ({
    address,
    name: nameOf(address),
    readSingly: () =>
      "id" in address
        ? bird.getParticipantById(key, address, deadline)
        : bird.getParticipant(key, address, deadline),
  }));
  const mayList = listRefusals?.isRefused(key.id(), place) === false;
  const readPage = (token: string | null) => bird.listParticipants(key, place, token, deadline);
  const reads = await readBatch(lookups, mayList ? readPage : null, (failure) => {
    listRefusals?.note(key.id(), place, failure);
  });
  return new Map([...reads].map(([lookup, read]) => [lookup.address, read]));
}

/** What the address names within its conversation. */
function nameOf(address: AnyAddress): string {
  return "id" in address ? idName(address.id) : identifierName(address.key, address.value);
}

function toCacheKey(address: AnyAddress): string {
  return `${address.workspaceId} ${address.conversationId} ${nameOf(address)}`;
}
