// JSON of unknown origin, such as `details` from Bird: parsed without loss, and made safe to store and to print.

/** A value that JSON can express. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What JSON calls an object, with values that have not been checked. */
export type JsonObject = Record<string, unknown>;

/** Matches numbers that JavaScript may round: sixteen digits and more, or a large exponent. */
const MAY_BE_INEXACT = /\d[\d.]{15}|\d[eE][+-]?\d{3}/;
/** Matches a string or a number in a JSON text. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;
/** JavaScript keeps every number with so many digits exactly (IEEE 754, binary64). */
const EXACT_DIGITS = 15;

/** The largest number of levels of a value that a caller gets. */
const MAX_DEPTH = 32;
/** Its largest size as JSON text. */
const MAX_BYTES = 16 * 1024;

/** True for what JSON calls an object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Parses JSON without losing a digit: a number that JavaScript would round or make infinite becomes a string. For a text
 * without such numbers this costs one search.
 *
 * @throws SyntaxError where the text is not JSON
 */
export function parseExactJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!MAY_BE_INEXACT.test(text)) return value;
  return JSON.parse(text.replace(STRING_OR_NUMBER, quoteIfInexact));
}

function quoteIfInexact(token: string): string {
  return token.startsWith('"') || isExact(token) ? token : `"${token}"`;
}

/** Whether a text is a number that `parseExactJson` makes a string. */
export function isInexactNumber(text: string): boolean {
  return /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) && !isExact(text);
}

function isExact(number: string): boolean {
  const value = Number(number);
  if (!Number.isFinite(value)) return false;
  if (String(value) === number) return true;
  const [mantissa = ""] = number.split(/[eE]/);
  const digits = mantissa.replace(/[-.]/g, "").replace(/^0+/, "");
  const isTooSmall = value === 0 && digits !== "";
  return digits.length <= EXACT_DIGITS && !isTooSmall;
}

/**
 * Copies parsed JSON of unknown origin, so that it is safe to send to a caller.
 *
 * @returns null where the value is missing, or has more than 32 levels or 16 kB: printing JSON that is nested thousands of
 *   levels deep overflows the stack. `__proto__` keys are left out: `Object.assign` in a client would set the prototype
 */
export function toSafeJson(value: unknown): Json {
  const copy = copyJson(value, MAX_DEPTH, { bytes: MAX_BYTES });
  if (copy === undefined || copy === null) return null;
  return Buffer.byteLength(JSON.stringify(copy)) > MAX_BYTES ? null : copy;
}

/** A copy of `value`, or undefined when it is deeper than `levels` or certainly takes more bytes than are left. */
function copyJson(value: unknown, levels: number, left: { bytes: number }): Json | undefined {
  left.bytes -= typeof value === "string" ? value.length : 1;
  if (left.bytes < 0) return undefined;
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (typeof value !== "object" || levels === 0) return undefined;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const copy = copyJson(item, levels - 1, left);
      if (copy === undefined) return undefined;
      items.push(copy);
    }
    return items;
  }
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") continue;
    left.bytes -= key.length;
    const copy = copyJson(item, levels - 1, left);
    if (copy === undefined) return undefined;
    entries.push([key, copy]);
  }
  return Object.fromEntries(entries);
}
