// `Retry-After` (RFC 9110, 10.2.3): seconds or an HTTP date, believed only where it makes sense.
import { parseHttpDate } from "./http-date.ts";

const MAX_SECONDS = 86_400;

/** One element of a list. The comma after the weekday of a date separates nothing. */
const ELEMENT = /(?:\s*[a-z]{3,9},)?[^,]+/gi;

/**
 * @param fields the values of all `Retry-After` fields; each may hold several, separated by commas
 * @param date the `Date` field of the same response: a clock that differs from ours must not add to the wait
 * @param now our own clock, for a response without a date; milliseconds since the epoch
 * @returns the longest wait that is named, in milliseconds, or null when none is: fields that are missing, unreadable, in
 *   the past or above a day count as absent
 */
export function parseRetryAfter(fields: readonly string[], date: string | null, now: number): number | null {
  if (fields.length === 0) return null;
  const sentAt = (date === null ? null : parseHttpDate(date, now)) ?? now;
  const waits = fields
    .flatMap((field) => field.match(ELEMENT) ?? [])
    .map((text) => toMs(text.trim(), sentAt));
  const longest = Math.max(...waits.filter((ms) => ms >= 0 && ms <= MAX_SECONDS * 1000));
  return Number.isFinite(longest) ? longest : null;
}

/** NaN for what is neither seconds nor a date. RFC 9110 has whole seconds; decimals are seen, and rounded up. */
function toMs(text: string, sentAt: number): number {
  if (/^\d+(\.\d*)?$/.test(text)) return Math.ceil(Number(text)) * 1000;
  return (parseHttpDate(text, sentAt) ?? NaN) - sentAt;
}
