// What routers refer to: entities by the fields of their keys, in JSON that no schema has looked at.
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
 * Looks up a participant a router refers to: null where it is not there, an error of this entity alone where anything
 * else goes wrong. Always a promise: what a reference resolver throws at once costs the router all of `_entities`.
 */
export async function resolveParticipant(context: Context, reference: unknown) {
  const member = give(context, "_entities", toReadMember(await read(context, toFields(reference))));
  if (member.__typename === "ConversationParticipant") return member;
  if (member.__typename === "NotFoundError") return null;
  throw new EntityError(member);
}

/** Takes the fields of a conversation's key for the conversation itself, once they are safe to use. */
export async function resolveConversation(reference: unknown): Promise<ConversationAddress> {
  const { workspaceId, id } = toFields(reference);
  const conversation = await Promise.resolve(decodeConversation({ workspaceId, id }));
  if (conversation.ok) return conversation.value;
  throw new EntityError(toReadError(conversation.failure));
}

/** By id where the router has one. */
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

/** Anything but an object has no fields, so each of them is reported as missing. */
function toFields(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Arguments are called `key` and `value`; a router knows the same as fields of `contact`. */
function withRepresentationPaths<Value>(
  result: Result<Value, ValidationFailure>,
): Result<Value, ValidationFailure> {
  if (result.ok) return result;
  const names: Record<string, string> = { key: "contact.identifierKey", value: "contact.identifierValue" };
  const fields = result.failure.fieldErrors;
  return fail(invalidInput(...fields.map((field) => ({ ...field, path: names[field.path] ?? field.path }))));
}
