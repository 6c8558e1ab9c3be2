// The participants one operation wants: each looked up once, however often it is asked for, and together where that is
// cheaper.
import DataLoader from "dataloader";
import type { AccessKey } from "../bird/access-key.ts";
import type { ParticipantAddress, ParticipantIdAddress } from "../bird/address.ts";
import type { BirdClient, Read, Update } from "../bird/client.ts";
import type { SettableStatus } from "../bird/participant.ts";
import { succeed } from "../bird/result.ts";
import type { Deadline } from "../transport/deadline.ts";
import { identifierName, readBatch } from "./batch-plan.ts";
import type { ListRefusals } from "./list-refusals.ts";

export interface ParticipantLoader {
  /** Reads a participant, or joins the same read of this operation. */
  load(address: ParticipantAddress): Promise<Read>;
  /** The same by id. Only references come by id, and none stands in an operation that updates. */
  loadById(address: ParticipantIdAddress): Promise<Read>;
  /** Sets a status; a later `load` in this operation sees the answer. */
  update(address: ParticipantAddress, status: SettableStatus | null): Promise<Update>;
}

/** What the loaders of all operations have in common. */
export type LoaderParts = {
  bird: BirdClient;
  /** Which lists have been refused; null when nothing is ever to be listed. */
  listRefusals: ListRefusals | null;
};

/** A loader for one operation of one caller: never share one between callers, since it remembers what they saw. */
export function createParticipantLoader(
  parts: LoaderParts,
  key: AccessKey,
  deadline: Deadline,
): ParticipantLoader {
  const reads = new DataLoader<ParticipantAddress, Read, string>(
    async (addresses) => {
      const results = await readAll(parts, key, addresses, deadline);
      for (const [index, address] of addresses.entries()) if (mayPass(results[index])) reads.clear(address);
      return results;
    },
    { cacheKeyFn: toCacheKey },
  );
  const readsById = new DataLoader<ParticipantIdAddress, Read, string>(
    (addresses) =>
      Promise.all(addresses.map((address) => parts.bird.getParticipantById(key, address, deadline))),
    {
      cacheKeyFn: ({ workspaceId, conversationId, id }) => JSON.stringify([workspaceId, conversationId, id]),
    },
  );
  return {
    load: (address) => reads.load(address),
    loadById: (address) => readsById.load(address),
    update: async (address, status) => {
      reads.clear(address);
      const update = await parts.bird.updateParticipant(key, address, status, deadline);
      // Whatever was read meanwhile may be older than the update.
      reads.clear(address);
      if (update.ok) reads.prime(address, succeed(update.value));
      return update;
    },
  };
}

/** What may be different in a moment is not remembered; a participant that is not there is. */
function mayPass(read: Read | undefined): boolean {
  return read !== undefined && !read.ok && read.failure.kind !== "notFound";
}

/** Addresses of one conversation. */
type Group = [ParticipantAddress, ...ParticipantAddress[]];

/** Reads addresses that are all different, conversation by conversation; the results are in their order. */
async function readAll(
  parts: LoaderParts,
  key: AccessKey,
  addresses: readonly ParticipantAddress[],
  deadline: Deadline,
): Promise<Read[]> {
  const results = new Map<ParticipantAddress, Read>();
  const readGroup = async (group: Group) => {
    const reads = await readConversation(parts, key, group, deadline);
    for (const [address, read] of reads) results.set(address, read);
  };
  await Promise.all(groupByConversation(addresses).map(readGroup));
  return addresses.flatMap((address) => results.get(address) ?? []);
}

function groupByConversation(addresses: readonly ParticipantAddress[]): Group[] {
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
): Promise<Map<ParticipantAddress, Read>> {
  const [place] = group;
  const lookups = group.map((address) => ({
    address,
    name: identifierName(address.key, address.value),
    readSingly: () => bird.getParticipant(key, address, deadline),
  }));
  const mayList = listRefusals?.isRefused(key.id(), place) === false;
  const readPage = (token: string | null) => bird.listParticipants(key, place, token, deadline);
  const reads = await readBatch(lookups, mayList ? readPage : null, (failure) => {
    listRefusals?.note(key.id(), place, failure);
  });
  return new Map([...reads].map(([lookup, read]) => [lookup.address, read]));
}

/** JSON, because joined with any separator two addresses can be one text: identifiers may hold every character. */
function toCacheKey({ workspaceId, conversationId, key, value }: ParticipantAddress): string {
  return JSON.stringify([workspaceId, conversationId, key, value]);
}
