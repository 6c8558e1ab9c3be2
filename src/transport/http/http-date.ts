// The three date formats of HTTP (RFC 9110, 5.6.7), all of them in GMT. `Date.parse` would read the third as local time.

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAY = "[a-z]{3,9}";
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;

const FORMATS = [
  // Sun, 06 Nov 1994 08:49:37 GMT
  new RegExp(
    String.raw`^${WEEKDAY}, (?<day>\d{1,2}) (?<month>[a-z]{3}) (?<year>\d{4}) ${TIME} (?:gmt|utc)$`,
    "i",
  ),
  // Sunday, 06-Nov-94 08:49:37 GMT
  new RegExp(
    String.raw`^${WEEKDAY}, (?<day>\d{1,2})-(?<month>[a-z]{3})-(?<year>\d{2}|\d{4}) ${TIME} (?:gmt|utc)$`,
    "i",
  ),
  // Sun Nov  6 08:49:37 1994
  new RegExp(String.raw`^${WEEKDAY} (?<month>[a-z]{3}) +(?<day>\d{1,2}) ${TIME} (?<year>\d{4})$`, "i"),
];

/**
 * Parses a date of HTTP.
 *
 * @param now milliseconds since the epoch; a year of two digits is at most 50 years after it (RFC 9110, 5.6.7)
 * @returns milliseconds since the epoch, or null when the text is not such a date
 */
export function parseHttpDate(text: string, now: number): number | null {
  for (const format of FORMATS) {
    const fields = format.exec(text.trim())?.groups;
    if (fields !== undefined) return toTime(fields, now);
  }
  return null;
}

function toTime(fields: Record<string, string>, now: number): number | null {
  const { year = "", month = "", day, hour, minute, second } = fields;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  if (monthIndex === -1 || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const time = Date.UTC(
    toFullYear(year, now),
    monthIndex,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  // Date.UTC takes 31 February for 3 March.
  return new Date(time - Number(second) * 1000).getUTCDate() === Number(day) ? time : null;
}

function toFullYear(year: string, now: number): number {
  if (year.length === 4) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const inThisCentury = thisYear - (thisYear % 100) + Number(year);
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
}
