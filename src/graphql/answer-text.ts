// Serializes a response, unless it would be too large. Its size is computed before any text is built.

import { isJsonObject, type JsonObject } from "../json.ts";

/** The largest response, in bytes: a short query can select the same large value thousands of times. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** Matches characters that JSON escapes, which then take more bytes: quotes, control characters and lone surrogates. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/**
 * Writes a result as JSON.
 *
 * @param result a result of graphql-js: objects, arrays, strings, numbers, booleans and null
 * @returns null where the text would have more than `maxBytes` bytes in UTF-8
 */
export function toAnswerText(result: object, maxBytes = MAX_ANSWER_BYTES): string | null {
  const fits = [mostTextBytes, textBytes].some((bytesOf) => subtract(result, maxBytes - 1, bytesOf) >= 0);
  return fits ? `${JSON.stringify(result)}\n` : null;
}

type BytesOf = (text: string) => number;

/** @returns `bytes` less the size of a value as JSON. It stops and returns a negative number as soon as they are exceeded */
function subtract(value: unknown, bytes: number, bytesOf: BytesOf): number {
  if (typeof value === "string") return bytes - bytesOf(value);
  if (isJsonObject(value)) return subtractObject(value, bytes, bytesOf);
  return Array.isArray(value) ? subtractList(value, bytes, bytesOf) : bytes - String(value).length;
}

/** Subtracts a bracket and, for each item, a comma or the other bracket. */
function subtractList(list: readonly unknown[], bytes: number, bytesOf: BytesOf): number {
  let left = bytes - (list.length === 0 ? 2 : 1);
  for (const item of list) {
    left = subtract(item, left - 1, bytesOf);
    if (left < 0) return left;
  }
  return left;
}

/**
 * The same for braces, with a name and a colon for each item. JSON leaves undefined properties out. `Object.entries` would
 * take three times as long, which is 5 % of an operation with a hundred lookups.
 */
function subtractObject(object: JsonObject, bytes: number, bytesOf: BytesOf): number {
  let left = bytes - 1;
  let isEmpty = true;
  for (const name of Object.keys(object)) {
    const item = object[name];
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

/** The size of a string as JSON, quotation marks included. */
function textBytes(text: string): number {
  return ESCAPED.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2;
}
