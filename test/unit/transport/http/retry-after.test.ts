import { describe, expect, test } from "@jest/globals";
import { parseRetryAfter } from "../../../../src/transport/http/retry-after.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

/** What a response with these `Retry-After` fields means, where our clock and Bird's agree. */
const read = (...fields: string[]) => parseRetryAfter(fields, "Thu, 01 Jan 2026 00:00:00 GMT", now);

describe("parseRetryAfter", () => {
  test.each([
    ["0", 0],
    ["2", 2000],
    [" 86400 ", 86_400_000],
    ["2.0", 2000],
    ["1.5", 2000],
    ["0.001", 1000],
    ["2.", 2000],
    [".5", 1000],
  ])("reads %j as %d ms", (field, ms) => {
    expect(read(field)).toBe(ms);
  });

  test.each([
    "Thu, 01 Jan 2026 00:00:05 GMT",
    "Thursday, 01-Jan-26 00:00:05 GMT",
    "Thu Jan  1 00:00:05 2026",
    "thu, 1 jan 2026 00:00:05 gmt",
  ])("reads the date %j as GMT, whatever the time zone of the process", (field) => {
    const zone = process.env["TZ"];
    for (const other of ["America/New_York", "Asia/Kolkata", "UTC"]) {
      process.env["TZ"] = other;
      expect(read(field)).toBe(5000);
    }
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
  });

  test.each([
    [["1", "7"], 7000],
    [["7", "1"], 7000],
    [["1, 7"], 7000],
    [["soon", "7"], 7000],
    [["7, soon, 86401, -9"], 7000],
    [["soon, 7"], 7000],
    [["later,7,soon"], 7000],
    [["2, Thu, 01 Jan 2026 00:00:09 GMT, 3"], 9000],
    [["Thu, 01 Jan 2026 00:00:02 GMT", "3"], 3000],
  ])("takes the longest of %j", (fields, ms) => {
    expect(read(...fields)).toBe(ms);
  });

  test.each([
    ["an hour behind", now - 3_600_000],
    ["an hour ahead", now + 3_600_000],
    ["a year behind", now - 365 * 86_400_000],
  ])("measures a date against the Date of the same response, where our clock is %s", (_how, ours) => {
    const date = "Thu, 01 Jan 2026 00:00:00 GMT";
    expect(parseRetryAfter(["Thu, 01 Jan 2026 00:00:05 GMT"], date, ours)).toBe(5000);
    expect(parseRetryAfter(["Thursday, 01-Jan-26 00:00:05 GMT"], date, ours)).toBe(5000);
  });

  test.each([null, "", "yesterday"])("measures a date against our clock where the Date is %j", (date) => {
    expect(parseRetryAfter(["Thu, 01 Jan 2026 00:00:05 GMT"], date, now)).toBe(5000);
  });

  test("takes a missing field as absent", () => {
    expect(read()).toBeNull();
  });

  test.each([
    "",
    ",",
    "soon",
    "-1",
    "1e9",
    "1000000000",
    "86401",
    "86400.5",
    "0x10",
    "2026-01-01",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "Wed, 31 Dec 2025 23:59:59 GMT",
    "Thu Jan  1 00:00:05 1970",
    "Sat, 31 Feb 2026 00:00:00 GMT",
    "Thu, 01 Jan 2026 25:00:00 GMT",
    "Thu, 01 Foo 2026 00:00:05 GMT",
    "Fri, 02 Jan 2026 00:00:01 GMT",
    "NaN",
    "1 2",
  ])("takes %j as absent", (field) => {
    expect(read(field)).toBeNull();
  });
});
