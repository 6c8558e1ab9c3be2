// The text of an answer, unless it would be too large: that is found out before any of it is built.

/** Larger answers are not sent: a short query can ask for the same large value thousands of times. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** What JSON writes in more bytes than the text itself has: escapes, and surrogates without their other half. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/**
 * Writes a result as JSON.
 *
 * @param result what graphql-js made: objects, arrays, texts, numbers, booleans and null
 * @returns null where it would have more than `maxBytes` bytes in UTF-8
 */
export function toAnswerText(result: object, maxBytes = MAX_ANSWER_BYTES): string | null {
  const fits = [mostTextBytes, textBytes].some((bytesOf) => subtract(result, maxBytes - 1, bytesOf) >= 0);
  return fits ? `${JSON.stringify(result)}\n` : null;
}

type BytesOf = (text: string) => number;

/** @returns what is left of so many bytes after the JSON of a value; negative, and at once, where they do not suffice */
function subtract(value: unknown, bytes: number, bytesOf: BytesOf): number {
  if (typeof value === "string") return bytes - bytesOf(value);
  if (typeof value !== "object" || value === null) return bytes - String(value).length;
  return Array.isArray(value) ? subtractList(value, bytes, bytesOf) : subtractObject(value, bytes, bytesOf);
}

/** A bracket and, for each item, a comma or the other bracket. */
function subtractList(list: readonly unknown[], bytes: number, bytesOf: BytesOf): number {
  let left = bytes - (list.length === 0 ? 2 : 1);
  for (const item of list) {
    left = subtract(item, left - 1, bytesOf);
    if (left < 0) return left;
  }
  return left;
}

/** The same for braces, with a name and a colon for each item. JSON leaves out what is undefined. */
function subtractObject(object: object, bytes: number, bytesOf: BytesOf): number {
  let left = bytes - 1;
  let isEmpty = true;
  for (const [name, item] of Object.entries(object)) {
    if (item === undefined) continue;
    isEmpty = false;
    left = subtract(item, left - bytesOf(name) - 2, bytesOf);
    if (left < 0) return left;
  }
  return isEmpty ? left - 1 : left;
}

/** The most that a text can take: JSON writes a UTF-16 unit in 6 bytes at most. This suffices for nearly every answer. */
function mostTextBytes(text: string): number {
  return 6 * text.length + 2;
}

/** With its quotation marks. */
function textBytes(text: string): number {
  return ESCAPED.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2;
}
