import { describe, expect, test } from "@jest/globals";
import { cutText } from "../../../src/bird/text-length.ts";

describe("cutText", () => {
  test.each([
    ["a short text", "abc"],
    ["a text of just that length", "x".repeat(100)],
    ["fifty emoji of two units each", "😀".repeat(50)],
    ["nothing", ""],
  ])("leaves %s as it is", (_what, text) => {
    expect(cutText(text, 100)).toBe(text);
  });

  test.each([
    ["letters", "x".repeat(101), "x".repeat(100)],
    ["emoji", "😀".repeat(51), "😀".repeat(50)],
    ["emoji that begin at an odd place", `x${"😀".repeat(50)}`, `x${"😀".repeat(49)}`],
    ["a letter with its accent", `${"x".repeat(99)}e\u0301x`, "x".repeat(99)],
    ["a family", `${"x".repeat(98)}👨‍👩‍👧`, "x".repeat(98)],
    ["a flag", `${"x".repeat(99)}🇳🇱`, "x".repeat(99)],
    ["accents without an end", `x${"\u0301".repeat(200)}`, `x${"\u0301".repeat(99)}`],
  ])("cuts between characters: %s", (_what, text, expected) => {
    expect(cutText(text, 100)).toBe(expected);
    expect(cutText(text, 100).isWellFormed()).toBe(true);
  });
});
