// The steps that the resolvers share: check the arguments, then the caller, then call the loader.
import { decodeAddress, type AddressInput, type ConversationIds } from "../../bird/address.ts";
import type { ReadResult, UpdateResult } from "../../bird/client.ts";
import { invalidInput } from "../../bird/failures.ts";
import { fail } from "../../result.ts";
import type { AnyAddress } from "../../loaders/participant-loader.ts";
import * as events from "../../observability/events.ts";
import type { UpdateParticipantStatusInput } from "../__generated__/resolvers.ts";
import type { Context } from "../context.ts";
import { toReadMember, toUpdateMember } from "../results.ts";

/** Reads one participant. Every way this can end is a member of the union. */
export async function readParticipant(context: Context, input: AddressInput) {
  return give(context, "conversationParticipant", toReadMember(await read(context, input)));
}

/** Reads several participants of one conversation; limits.ts limits their number. Each result is a member of the union. */
export function readParticipants(
  context: Context,
  conversation: ConversationIds,
  identifiers: readonly { key: string; value: string }[],
) {
  return Promise.all(
    identifiers.map(({ key, value }) => readParticipant(context, { key, value, ...conversation })),
  );
}

/** Updates one participant. Every way this can end is a member of the union. */
export async function updateParticipant(context: Context, input: UpdateParticipantStatusInput) {
  return give(context, "updateParticipantStatus", toUpdateMember(await update(context, input)));
}

async function read(context: Context, input: AddressInput): Promise<ReadResult> {
  const address = decodeAddress(input);
  return address.ok ? load(context, address.value) : address;
}

/** Reads the participant at a checked address, if the caller has the permission. */
export function load(context: Context, address: AnyAddress): Promise<ReadResult> | ReadResult {
  const key = context.caller.accessKeyFor(address.workspaceId, "participant:read");
  return key.ok ? context.participants.load(key.value, address) : key;
}

async function update(context: Context, input: UpdateParticipantStatusInput): Promise<UpdateResult> {
  const address = decodeAddress(input);
  const { status } = input;
  if (status === undefined) {
    const problem = { path: "status", messages: ["must be PENDING, INVITED, ACTIVE or null"] };
    return fail(invalidInput(...(address.ok ? [] : address.failure.fieldErrors), problem));
  }
  if (!address.ok) return address;
  const key = context.caller.accessKeyFor(address.value.workspaceId, "participant:write");
  if (key.ok) return context.participants.update(key.value, address.value, status);
  return key.failure.kind === "upstream" ? fail({ ...key.failure, outcome: "NOT_APPLIED" }) : key;
}

type Counted = {
  __typename: string;
  hasLeft?: boolean;
  accessDeniedReason?: string;
  upstreamReason?: string;
};

/** Counts a result, and returns it. */
export function give<Member extends Counted>(context: Context, field: string, result: Member): Member {
  const { __typename, hasLeft = false, accessDeniedReason, upstreamReason } = result;
  // Where the caller has left, no result is sent, so it must not count as an error of Bird's.
  const member = hasLeft ? "left" : __typename;
  const reason = hasLeft ? "" : (accessDeniedReason ?? upstreamReason ?? "");
  const name = reason === "" ? member : `${member} ${reason}`;
  context.results[name] = (context.results[name] ?? 0) + 1;
  events.resultGiven({ field, member, reason });
  return result;
}
