import { describe, expect, test } from "@jest/globals";
import { parseRetryAfter } from "../../../../src/transport/http/retry-after.ts";

const now = Date.parse("2026-01-01T00:00:00Z");

describe("parseRetryAfter", () => {
  test.each([
    ["0", 0],
    ["2", 2000],
    [" 86400 ", 86_400_000],
    ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
  ])("reads %j as %d ms", (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  test.each([
    undefined,
    "",
    "soon",
    "-1",
    "1.5",
    "1e9",
    "1000000000",
    "86401",
    "2026-01-01",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "NaN",
  ])("takes %j as absent", (header) => {
    expect(parseRetryAfter(header, now)).toBeNull();
  });
});
