import { describe, expect, test } from "@jest/globals";
import { toSafeJson } from "../../src/json.ts";

/** `[[[…]]]`, as deep as asked for. */
const nested = (levels: number): unknown => JSON.parse("[".repeat(levels) + "]".repeat(levels));

describe("toSafeJson", () => {
  test("keeps JSON as it came", () => {
    const value = { a: [1, "two", null, true, { b: {} }] };
    expect(toSafeJson(value)).toEqual(value);
  });

  test("takes nothing for null", () => {
    expect(toSafeJson(undefined)).toBeNull();
  });

  test("keeps 32 levels, and makes null of 33 or 8,000", () => {
    expect(toSafeJson(nested(32))).toEqual(nested(32));
    expect(toSafeJson(nested(33))).toBeNull();
    expect(toSafeJson(nested(8000))).toBeNull();
  });

  test("keeps 16 kB, and makes null of more", () => {
    const text = "é".repeat(8191);
    expect(toSafeJson(text)).toBe(text);
    expect(toSafeJson(`${text}é`)).toBeNull();
  });

  test("drops __proto__ at every level", () => {
    const value: unknown = JSON.parse('{"a":1,"__proto__":{"admin":true},"b":{"__proto__":null,"c":2}}');
    const copy = toSafeJson(value);
    expect(JSON.stringify(copy)).toBe('{"a":1,"b":{"c":2}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});
