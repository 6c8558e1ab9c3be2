// The type of a participant, and its decoding from a response of Bird.
import * as events from "../observability/events.ts";
import { isJsonObject } from "../json.ts";
import type { ConversationIds } from "./address.ts";
import { cutText } from "./text-length.ts";

/** UNKNOWN stands for a status that is new to this gateway. */
export type ParticipantStatus = "PENDING" | "INVITED" | "ACTIVE" | "UNKNOWN";
/** A status that an update can set. */
export type SettableStatus = Exclude<ParticipantStatus, "UNKNOWN">;
export type ParticipantType =
  | "USER"
  | "CONTACT"
  | "AGENT"
  | "FLOW"
  | "BOT"
  | "ACCESS_KEY"
  | "CHANNEL"
  | "CONNECTOR"
  | "COLLABORATION_AUTOMATION"
  | "UNKNOWN";

/** How a participant can be reached; null for each field that Bird does not send. */
export type ParticipantContact = {
  identifierKey: string | null;
  identifierValue: string | null;
  platformAddress: string | null;
  platformAddressSelector: string | null;
};

/** A member of a conversation. Its `id` identifies it only together with the workspace and the conversation. */
export type Participant = {
  workspaceId: string;
  conversationId: string;
  id: string;
  type: ParticipantType;
  status: ParticipantStatus;
  displayName: string | null;
  avatarUrl: string | null;
  contact: ParticipantContact | null;
};

const statuses: ReadonlyMap<string, ParticipantStatus> = new Map([
  ["pending", "PENDING"],
  ["invited", "INVITED"],
  ["active", "ACTIVE"],
]);

const types: ReadonlyMap<string, ParticipantType> = new Map([
  ["user", "USER"],
  ["contact", "CONTACT"],
  ["agent", "AGENT"],
  ["flow", "FLOW"],
  ["bot", "BOT"],
  ["accessKey", "ACCESS_KEY"],
  ["channel", "CHANNEL"],
  ["connector", "CONNECTOR"],
  ["collaborationAutomation", "COLLABORATION_AUTOMATION"],
]);

/** The longest text in a participant, in UTF-16 units. */
const MAX_CHARACTERS = 4000;

const wireStatuses = { PENDING: "pending", INVITED: "invited", ACTIVE: "active" } as const;

/** Bird's spelling of a status. */
export function toWireStatus(status: SettableStatus): "pending" | "invited" | "active" {
  return wireStatuses[status];
}

/**
 * Decodes Bird's `Participant` schema from a parsed body. Bird may add values and fields: an unknown status or type becomes
 * UNKNOWN, and unknown fields are ignored. A missing status is Bird's documented default.
 *
 * A display name is cut at 4,000 characters. A longer URL or platform address becomes null, since a part of it is another
 * address.
 *
 * The conversation is the one that was asked for: the body does not name it.
 *
 * @returns null when the body is not a participant: not an object, no `id` or `type`, a field of another type than
 *   documented, or an id or an identifier of more than 4,000 characters
 */
export function decodeParticipant(
  body: unknown,
  { workspaceId, conversationId }: ConversationIds,
): Participant | null {
  if (!isJsonObject(body)) return null;
  const { id, type } = body;
  const status = body["status"] ?? "active";
  const displayName = decodeText(body["displayName"]);
  const avatarUrl = nullIfLong(decodeText(body["avatarUrl"]));
  const contact = decodeContact(body["contact"] ?? null);
  if (typeof id !== "string" || id === "" || typeof type !== "string" || typeof status !== "string")
    return null;
  if (id.length > MAX_CHARACTERS) return null;
  if (displayName === undefined || avatarUrl === undefined || contact === undefined) return null;
  return {
    workspaceId,
    conversationId,
    id,
    type: known(types, type, "type"),
    status: known(statuses, status, "status"),
    displayName: displayName === null ? null : cutText(displayName, MAX_CHARACTERS),
    avatarUrl,
    contact,
  };
}

/** @returns undefined when the value is neither a contact nor null, or has an identifier that is too long */
function decodeContact(contact: unknown): ParticipantContact | null | undefined {
  if (contact === null) return null;
  if (!isJsonObject(contact)) return undefined;
  const identifierKey = decodeText(contact["identifierKey"]);
  const identifierValue = decodeText(contact["identifierValue"]);
  const platformAddress = nullIfLong(decodeText(contact["platformAddress"]));
  const platformAddressSelector = nullIfLong(decodeText(contact["platformAddressSelector"]));
  if (identifierKey === undefined || identifierValue === undefined) return undefined;
  if (isTooLong(identifierKey) || isTooLong(identifierValue)) return undefined;
  if (platformAddress === undefined || platformAddressSelector === undefined) return undefined;
  return { identifierKey, identifierValue, platformAddress, platformAddressSelector };
}

/** Decodes an optional text: null where it is missing, undefined where it is not a text. */
function decodeText(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  return typeof value === "string" ? value : undefined;
}

/** Gives null for a text that is too long and must not be cut: a part of a URL is another URL. */
function nullIfLong<Text extends string | null | undefined>(text: Text): Text | null {
  return isTooLong(text) ? null : text;
}

function isTooLong(text: string | null | undefined): boolean {
  return typeof text === "string" && text.length > MAX_CHARACTERS;
}

function known<Known>(
  names: ReadonlyMap<string, Known>,
  name: string,
  field: "type" | "status",
): Known | "UNKNOWN" {
  const value = names.get(name);
  if (value !== undefined) return value;
  events.unknownEnumValue({ field });
  return "UNKNOWN";
}
