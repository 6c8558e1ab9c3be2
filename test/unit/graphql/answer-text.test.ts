import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { toAnswerText } from "../../../src/graphql/answer-text.ts";

/** Objects, lists, texts with every kind of character, numbers, booleans and null. */
const json = fc.jsonValue({ stringUnit: "binary" }).map((value) => ({ data: value }));

describe("toAnswerText", () => {
  test("writes what JSON writes, where it has as many bytes as there may be, and no byte more", () => {
    fc.assert(
      fc.property(json, (result) => {
        const text = `${JSON.stringify(result)}\n`;
        const bytes = Buffer.byteLength(text);
        expect(toAnswerText(result, bytes)).toBe(text);
        expect(toAnswerText(result, bytes - 1)).toBeNull();
      }),
    );
  });

  test.each([
    ["plain", "a".repeat(100)],
    ["escaped", '"\\\n'.repeat(50)],
    ["control characters", "\u0001".repeat(50)],
    ["lone surrogates", "\ud800".repeat(50)],
    ["emoji", "😀".repeat(50)],
  ])("counts the bytes of texts as they are sent: %s", (_kind, value) => {
    const bytes = Buffer.byteLength(JSON.stringify({ value })) + 1;
    expect(toAnswerText({ value }, bytes - 1)).toBeNull();
    expect(toAnswerText({ value }, bytes)).toBe(`${JSON.stringify({ value })}\n`);
  });

  test("leaves out what is undefined, as JSON does", () => {
    expect(toAnswerText({ errors: undefined, data: null })).toBe('{"data":null}\n');
  });

  test("stops looking where the limit is reached: of a value a thousand times, only the first are counted", () => {
    let looks = 0;
    const value = {
      get text() {
        looks += 1;
        return "x".repeat(1_000_000);
      },
    };
    expect(toAnswerText({ data: Array.from({ length: 1000 }, () => value) })).toBeNull();
    // The rough count ends with the first value, the exact one with the fifth.
    expect(looks).toBe(1 + 5);
  });
});
