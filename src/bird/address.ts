// What names a participant: workspace, conversation, identifier. Made only from input that is safe to put into a URL.
import { invalidInput, type FieldProblem, type ValidationFailure } from "./failures.ts";
import { fail, succeed, type Result } from "./result.ts";

declare const checked: unique symbol;

/** A participant's address that has passed `decodeAddress`: nothing else can be sent. */
export type ParticipantAddress = {
  readonly workspaceId: string;
  readonly conversationId: string;
  readonly key: string;
  readonly value: string;
  readonly [checked]: true;
};

export type AddressInput = { workspaceId: string; conversationId: string; key: string; value: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_CHARACTERS = 256;

/**
 * Checks what a caller gave as a participant's address, and reports every field that is wrong at once.
 *
 * UUIDs come out in lower case (RFC 9562, section 4), so that one workspace has one budget however it is spelled.
 * Key and value come out as they went in.
 */
export function decodeAddress(input: AddressInput): Result<ParticipantAddress, ValidationFailure> {
  const problems: FieldProblem[] = [];
  const check = (path: string, problem: string | null) => {
    if (problem !== null) problems.push({ path, messages: [problem] });
  };
  check("workspaceId", uuidProblem(input.workspaceId));
  check("conversationId", uuidProblem(input.conversationId));
  check("key", segmentProblem(input.key));
  check("value", segmentProblem(input.value));
  return problems.length > 0 ? fail(invalidInput(...problems)) : succeed(toAddress(input));
}

/** The only place where an address is declared checked. */
function toAddress(input: AddressInput): ParticipantAddress {
  const address: Omit<ParticipantAddress, typeof checked> = {
    workspaceId: input.workspaceId.toLowerCase(),
    conversationId: input.conversationId.toLowerCase(),
    key: input.key,
    value: input.value,
  };
  return address as ParticipantAddress;
}

function uuidProblem(text: string): string | null {
  return UUID.test(text) ? null : "must be a UUID";
}

function segmentProblem(text: string): string | null {
  if (text === "") return "must not be empty";
  if (characterCount(text) > MAX_CHARACTERS) return `must have at most ${MAX_CHARACTERS} characters`;
  if (!text.isWellFormed()) return "must be well-formed Unicode, without lone surrogates";
  if (/\p{Cc}/u.test(text)) return "must not contain control characters";
  if (isDotSegment(text)) return "must not be . or .. in any encoding";
  return null;
}

/** Code points, not UTF-16 units; the cheap comparison first spares a walk through a megabyte. */
function characterCount(text: string): number {
  return text.length > 2 * MAX_CHARACTERS ? text.length : Array.from(text).length;
}

/**
 * `encodeURIComponent("..")` is `..`, and a URL parser on the way counts `%2e%2e` as a dot segment too (WHATWG URL,
 * "double-dot path segment"): the path would collapse and the call reach another endpoint. Encodings of encodings are
 * undone as well, for a proxy that decodes once more than it should.
 */
function isDotSegment(text: string): boolean {
  const decoded = text.replace(/%(25)*2e/gi, ".");
  return decoded === "." || decoded === "..";
}
