// Parses `Retry-After` (RFC 9110, 10.2.3): seconds or an HTTP date, ignored where it is not plausible.
import { parseHttpDate } from "./http-date.ts";

/** The longest wait that is believed: a day. */
const MAX_SECONDS = 86_400;

/** One element of a comma-separated list. The comma after the weekday of a date, which has a time, is part of the element. */
const ELEMENT = /(?:\s*[a-z]{3,9},(?=[^,]*:))?[^,]+/gi;

/**
 * Parses the `Retry-After` fields of one response.
 *
 * @param fields the values of all `Retry-After` fields; each may hold several, separated by commas
 * @param date the `Date` field of the same response: a difference between the two clocks must not change the wait
 * @param now the gateway's clock, for a response without a date; milliseconds since the epoch
 * @returns the longest wait among the elements, in milliseconds; null when there is none. Elements that are unreadable, in
 *   the past or longer than a day are ignored
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

/** NaN for a text that is neither seconds nor a date. RFC 9110 allows whole seconds; some servers send decimals. */
function toMs(text: string, sentAt: number): number {
  if (/^(\d+\.?|\d*\.\d+)$/.test(text)) return Math.ceil(Number(text)) * 1000;
  return (parseHttpDate(text, sentAt) ?? NaN) - sentAt;
}
