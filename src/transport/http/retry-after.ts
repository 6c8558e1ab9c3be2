// `Retry-After` (RFC 9110, 10.2.3): seconds or an HTTP date, believed only where it makes sense.

const MAX_SECONDS = 86_400;

/**
 * @param now milliseconds since the epoch
 * @returns milliseconds to wait, or null when the header is missing, unreadable, in the past or above a day
 */
export function parseRetryAfter(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  const text = header.trim();
  // A date begins with a letter; anything else that Date.parse would take (such as "-1", a year) is no date.
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : /^[a-z]/i.test(text) ? Date.parse(text) - now : NaN;
  return ms >= 0 && ms <= MAX_SECONDS * 1000 ? ms : null;
}
