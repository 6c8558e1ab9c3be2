// Resolves the references of routers: entities by the fields of their keys. References are JSON that is not validated.
import {
  decodeAddress,
  decodeConversation,
  decodeIdAddress,
  type ConversationAddress,
} from "../../bird/address.ts";
import type { ReadResult } from "../../bird/client.ts";
import { invalidInput, type ValidationFailure } from "../../bird/failures.ts";
import { isJsonObject, type JsonObject } from "../../json.ts";
import { fail, type Result } from "../../result.ts";
import type { Context } from "../context.ts";
import { EntityError } from "../entity-error.ts";
import { toReadError, toReadMember } from "../results.ts";
import { give, load } from "./lookup.ts";

/**
 * Looks up the participant of a router's reference: null where it is not found, an error of this entity for any other
 * failure. It always returns a promise, because a synchronous throw would fail all of `_entities`.
 */
export async function resolveParticipant(context: Context, reference: unknown) {
  const member = give(context, "_entities", toReadMember(await read(context, toFields(reference))));
  if (member.__typename === "ConversationParticipant") return member;
  if (member.__typename === "NotFoundError") return null;
  throw new EntityError(member);
}

/** Checks the key of a conversation. Nothing is read, because the key is all that a conversation has. */
export async function resolveConversation(reference: unknown): Promise<ConversationAddress> {
  const { workspaceId, id } = toFields(reference);
  const conversation = await Promise.resolve(decodeConversation({ workspaceId, id }));
  if (conversation.ok) return conversation.value;
  throw new EntityError(toReadError(conversation.failure));
}

/** Reads by id where the reference has one. */
async function read(context: Context, reference: JsonObject): Promise<ReadResult> {
  const { workspaceId, conversationId, id, contact } = reference;
  if (id !== undefined) {
    const address = decodeIdAddress({ workspaceId, conversationId, id });
    if (!address.ok) return address;
    return load(context, address.value);
  }
  const { identifierKey: key, identifierValue: value } = toFields(contact);
  const address = withRepresentationPaths(decodeAddress({ workspaceId, conversationId, key, value }));
  if (!address.ok) return address;
  return load(context, address.value);
}

/** The fields of a reference. A value that is not an object has none, so all of them are reported as missing. */
function toFields(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Renames the fields of errors: a router sends the arguments `key` and `value` as fields of `contact`. */
function withRepresentationPaths<Value>(
  result: Result<Value, ValidationFailure>,
): Result<Value, ValidationFailure> {
  if (result.ok) return result;
  const names: Record<string, string> = { key: "contact.identifierKey", value: "contact.identifierValue" };
  const fields = result.failure.fieldErrors;
  return fail(invalidInput(...fields.map((field) => ({ ...field, path: names[field.path] ?? field.path }))));
}
