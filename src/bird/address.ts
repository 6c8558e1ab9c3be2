// Addresses of participants and conversations, decoded from input. Only input that is safe in a URL becomes an address.
import { fail, succeed, type Result } from "../result.ts";
import { invalidInput, type FieldProblem, type ValidationFailure } from "./failures.ts";

declare const checked: unique symbol;

/** A participant's address by identifier, checked by `decodeAddress`. Only checked addresses can be sent. */
export type ParticipantAddress = {
  readonly workspaceId: string;
  readonly conversationId: string;
  readonly key: string;
  readonly value: string;
  readonly [checked]: true;
};

/** A caller's input for a participant's address, not checked yet. */
export type AddressInput = { workspaceId: string; conversationId: string; key: string; value: string };

/** A participant's address by id, checked by `decodeIdAddress`. */
export type ParticipantIdAddress = {
  readonly workspaceId: string;
  readonly conversationId: string;
  readonly id: string;
  readonly [checked]: true;
};

/** A conversation's address, checked by `decodeConversation`. */
export type ConversationAddress = { readonly workspaceId: string; readonly id: string };

/** The ids of a conversation, as the parts of a path. */
export type ConversationIds = { readonly workspaceId: string; readonly conversationId: string };

/**
 * The key of a lookup in maps, within its conversation: a participant is looked up by identifier or by id. JSON, because
 * identifiers may hold every separator.
 */
export function lookupKey(
  address: { readonly id: string } | { readonly key: string; readonly value: string },
): string {
  return "id" in address
    ? JSON.stringify(["id", address.id])
    : JSON.stringify(["identifier", address.key, address.value]);
}

/** The key of a conversation in maps. Both ids are UUIDs, so a space separates them. */
export function conversationKey({ workspaceId, conversationId }: ConversationIds): string {
  return `${workspaceId} ${conversationId}`;
}

/** Fields by name, of any type: a router's references are JSON that is not validated against a schema. */
type Given<Field extends string> = Readonly<Record<Field, unknown>>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** The longest key, value or id, in code points. */
const MAX_CHARACTERS = 256;
/** Matches most keys and values. They are ASCII without `%`, slashes, backslashes and white space, so no other check applies. */
const PLAIN_SEGMENT = /^\+?\w[\w.@+:-]{0,254}$/;

/**
 * Checks a caller's input for a participant's address, and reports all invalid fields together.
 *
 * UUIDs are converted to lower case (RFC 9562, section 4), so that a workspace has one quota in every spelling.
 * Key and value are not changed.
 */
export function decodeAddress(
  input: Given<keyof AddressInput>,
): Result<ParticipantAddress, ValidationFailure> {
  const { problems, uuid, segment } = startCheck(input);
  const address: Omit<ParticipantAddress, typeof checked> = {
    workspaceId: uuid("workspaceId"),
    conversationId: uuid("conversationId"),
    key: segment("key"),
    value: segment("value"),
  };
  return problems.length > 0 ? fail(invalidInput(...problems)) : succeed(address as ParticipantAddress);
}

/**
 * Checks the input for an address by id, as `decodeAddress` does. An id is opaque and not changed: Bird does not say that
 * all ids are UUIDs.
 */
export function decodeIdAddress(
  input: Given<"workspaceId" | "conversationId" | "id">,
): Result<ParticipantIdAddress, ValidationFailure> {
  const { problems, uuid, segment } = startCheck(input);
  const address: Omit<ParticipantIdAddress, typeof checked> = {
    workspaceId: uuid("workspaceId"),
    conversationId: uuid("conversationId"),
    id: segment("id"),
  };
  return problems.length > 0 ? fail(invalidInput(...problems)) : succeed(address as ParticipantIdAddress);
}

/** Checks the input for a conversation, as `decodeAddress` does. Its own fields are called `workspaceId` and `id`. */
export function decodeConversation(
  input: Given<"workspaceId" | "id">,
): Result<ConversationAddress, ValidationFailure> {
  const { problems, uuid } = startCheck(input);
  const address = { workspaceId: uuid("workspaceId"), id: uuid("id") };
  return problems.length > 0 ? fail(invalidInput(...problems)) : succeed(address);
}

/** Reads fields one by one and collects what is wrong with them. */
function startCheck<Field extends string>(input: Given<Field>) {
  const problems: FieldProblem[] = [];
  const read = (field: Field, problemOf: (text: string) => string | null) => {
    const given = input[field];
    const problem = typeof given === "string" ? problemOf(given) : "must be a string";
    if (problem !== null) problems.push({ path: field, messages: [problem] });
    return typeof given === "string" ? given : "";
  };
  return {
    problems,
    uuid: (field: Field) => read(field, uuidProblem).toLowerCase(),
    segment: (field: Field) => read(field, segmentProblem),
  };
}

function uuidProblem(text: string): string | null {
  if (UUID.test(text)) return null;
  // Bird's dashboard shows workspace ids in this form, and its API answers 404 to them.
  return /^ws_/i.test(text)
    ? "must be a UUID: the ws_… that Bird's dashboard shows is not the id that Bird's API takes"
    : "must be a UUID";
}

function segmentProblem(text: string): string | null {
  // For a hundred lookups, all the checks below take 6 % of the CPU.
  if (PLAIN_SEGMENT.test(text)) return null;
  if (text === "") return "must not be empty";
  if (characterCount(text) > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`;
  if (!text.isWellFormed()) return "must be well-formed Unicode, without lone surrogates";
  if (/\p{Cc}/u.test(text)) return "must not contain control characters";
  if (hasDotSegment(text)) return "must not be or contain a path segment . or .. in any encoding";
  return null;
}

/** Counts code points, not UTF-16 units. The cheap comparison comes first, so that a text of a megabyte is not walked. */
function characterCount(text: string): number {
  return text.length > 2 * MAX_CHARACTERS ? text.length : Array.from(text).length;
}

/**
 * Whether a text is or contains a path segment `.` or `..`, in any encoding. `encodeURIComponent("..")` is `..`, and a URL
 * parser on the way counts `%2e%2e` as a dot segment too (WHATWG URL, "double-dot path segment"): the path would collapse,
 * and the call would reach another endpoint. A proxy that decodes once more than it should does the same to `../` within a
 * value, so every part between slashes or backslashes is checked. It is checked without what servers cut off from a
 * segment: parameters after `;`, a query, a fragment, what follows a NUL, and spaces, also as `+`.
 */
function hasDotSegment(text: string): boolean {
  return /(^|[/\\])\.{1,2}(;[^/\\]*)?($|[/\\?#\0])/.test(decodeFully(text).replace(/[\s+]/g, ""));
}

/** Undoes encodings, and encodings of encodings, also in the spellings that only careless decoders accept. */
function decodeFully(text: string): string {
  const decoded = text.replace(/%(?:u00)?([0-9a-f]{2})/gi, (_encoded, byte: string) =>
    String.fromCharCode(parseInt(byte, 16)),
  );
  // This ends: each round shortens the text, which has 256 characters at most.
  if (decoded !== text) return decodeFully(decoded);
  // A URL parser drops tabs and line ends. In UTF-8 that is longer than it may be, `.` is C0 AE, `/` C0 AF, `\` C1 9C.
  // Careless decoders drop the highest bits of the last byte, so that C0 2F is `/`, too.
  // NFKC makes of fullwidth dots and slashes those of ASCII, as Windows does; percent-encoded they begin with EF BC.
  return text
    .replace(/[\t\n\r]/g, "")
    .replace(/(?:\xf0\x80\x80|\xe0\x80|\xc0)[\xae.]|\xef\xbc\x8e/g, ".")
    .replace(/(?:\xf0\x80\x80|\xe0\x80|\xc0)[\xaf/]|\xef\xbc\x8f/g, "/")
    .replace(/(?:\xf0\x80\x81|\xe0\x81|\xc1)[\x9c\\]|\xef\xbc\xbc/g, "\\")
    .normalize("NFKC");
}
