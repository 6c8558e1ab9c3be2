// The participants one operation wants: each looked up once, however often it is asked for.
import DataLoader from "dataloader";
import type { AccessKey } from "../bird/access-key.ts";
import type { ParticipantAddress } from "../bird/address.ts";
import type { BirdClient, Read, Update } from "../bird/client.ts";
import type { SettableStatus } from "../bird/participant.ts";
import { succeed } from "../bird/result.ts";
import type { Deadline } from "../transport/deadline.ts";

export interface ParticipantLoader {
  /** Reads a participant, or joins the same read of this operation. */
  load(address: ParticipantAddress): Promise<Read>;
  /** Sets a status; a later `load` in this operation sees the answer. */
  update(address: ParticipantAddress, status: SettableStatus | null): Promise<Update>;
}

/** A loader for one operation of one caller: never share one between callers, since it remembers what they saw. */
export function createParticipantLoader(
  bird: BirdClient,
  key: AccessKey,
  deadline: Deadline,
): ParticipantLoader {
  const reads = new DataLoader<ParticipantAddress, Read, string>(
    (addresses) =>
      Promise.all(
        addresses.map(async (address) => {
          const read = await bird.getParticipant(key, address, deadline);
          // What may be different in a moment is not remembered; a participant that is not there is.
          if (!read.ok && read.failure.kind !== "notFound") reads.clear(address);
          return read;
        }),
      ),
    { cacheKeyFn: toCacheKey },
  );
  return {
    load: (address) => reads.load(address),
    update: async (address, status) => {
      reads.clear(address);
      const update = await bird.updateParticipant(key, address, status, deadline);
      // Whatever was read meanwhile may be older than the update.
      reads.clear(address);
      if (update.ok) reads.prime(address, succeed(update.value));
      return update;
    },
  };
}

/** JSON, because joined with any separator two addresses can be one text: identifiers may hold every character. */
function toCacheKey({ workspaceId, conversationId, key, value }: ParticipantAddress): string {
  return JSON.stringify([workspaceId, conversationId, key, value]);
}
