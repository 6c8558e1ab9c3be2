import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseExactJson, toSafeJson } from "../../src/json.ts";

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

  test("reads no more of a large value than it could keep", () => {
    let reads = 0;
    const items = new Proxy(new Array<number>(100_000).fill(7), {
      get: (target, name) => {
        reads += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(toSafeJson({ items })).toBeNull();
    expect(reads).toBeLessThan(40_000);
  });

  test("drops __proto__ at every level", () => {
    const value: unknown = JSON.parse('{"a":1,"__proto__":{"admin":true},"b":{"__proto__":null,"c":2}}');
    const copy = toSafeJson(value);
    expect(JSON.stringify(copy)).toBe('{"a":1,"b":{"c":2}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });
});

describe("parseExactJson", () => {
  test.each([
    "12345678901234567890",
    "-12345678901234567890",
    "9007199254740993",
    "0.12345678901234567890",
    "3.141592653589793238",
    "1e400",
    "1E+400",
    "1e-400",
    "12345678901234567890.5e3",
  ])("makes a string of %s, which JavaScript would round", (number) => {
    expect(parseExactJson(`{"a":[${number}]}`)).toEqual({ a: [number] });
  });

  test.each([
    "0",
    "-1",
    "9007199254740991",
    "1.50",
    "0.1",
    "1e21",
    "100000000000000000000",
    "0.000000",
    "1e-7",
  ])("keeps %s as the number it is", (number) => {
    expect(parseExactJson(`[${number}, 12345678901234567890]`)).toEqual([
      Number(number),
      "12345678901234567890",
    ]);
  });

  test("does not change digits within strings and keys", () => {
    const digits = "12345678901234567890";
    const written = { [digits]: `a"${digits}`, backslash: `${digits}\\`, newline: `\n${digits}` };
    const text = JSON.stringify({ ...written, number: 0 }).replace(/0\}$/, `${digits}}`);
    expect(parseExactJson(text)).toEqual({ ...written, number: digits });
  });

  test("gives what JSON.parse gives for every JSON without long numbers", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const numbers = /\d[\d.]{15}|\d[eE][+-]?\d{3}/.exec(text);
        fc.pre(numbers === null);
        expect(parseExactJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("throws for what is no JSON", () => {
    for (const text of ["", "{", '{"a":12345678901234567890', "01234567890123456789"])
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });
});
