import { describe, expect, test } from "@jest/globals";
import { getIntrospectionQuery, parse } from "graphql";
import { findExcess, limits } from "../../../../src/graphql/admission/limits.ts";

const excessOf = (text: string, variables: Record<string, unknown> = {}) =>
  findExcess(parse(text), variables);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
const nested = (levels: number) => "{ a ".repeat(levels) + "}".repeat(levels);

describe("findExcess", () => {
  test("lets GraphiQL look at the schema", () => {
    expect(excessOf(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))).toBeNull();
  });

  test.each<[keyof typeof limits, (count: number) => string]>([
    ["depth", nested],
    ["rootFields", (count) => `{ ${times(count, (index) => `f${index}`)} }`],
    ["aliases", (count) => `{ a { ${times(count, (index) => `b${index}: b`)} } }`],
    ["directives", (count) => `{ ${times(2, (index) => `a${index}`)} b ${"@c ".repeat(count)} }`],
    ["fragments", (count) => `{ a } ${times(count, (index) => `fragment F${index} on Query { a }`)}`],
    ["repetitions", (count) => `{ a { ${"b ".repeat(count)} } }`],
    ["repetitions", (count) => `{ a { ${"... on B { b } ".repeat(count)} } }`],
    ["listItems", (count) => `{ a(identifiers: [${"1 ".repeat(count)}]) }`],
    ["representations", (count) => `{ _entities(representations: [${"1 ".repeat(count)}]) }`],
  ])("takes as much as the limit %s says, and no more", (name, text) => {
    expect(excessOf(text(limits[name]))).toBeNull();
    expect(excessOf(text(limits[name] + 1))).toBe(name);
  });

  test("counts what stands below a list for each item, in variables and their defaults too", () => {
    const below = `{ ${times(100, (index) => `f${index}`)} }`;
    const items = (count: number) => Array.from({ length: count }, () => 1);
    const twice = `a(identifiers: $i) ${below} b(identifiers: $i) ${below}`;
    expect(excessOf(`query ($i: [I]) { ${twice} }`, { i: items(99) })).toBeNull();
    expect(excessOf(`query ($i: [I]) { ${twice} c { d } }`, { i: items(100) })).toBe("resolvedFields");
    expect(excessOf(`query ($i: [I] = [${items(100).join(" ")}]) { ${twice} c { d } }`)).toBe(
      "resolvedFields",
    );
  });

  test("follows fragments, and neither circles nor doublings keep it busy", () => {
    expect(excessOf(`{ ...F } fragment F on Query { ${times(101, (index) => `f${index}`)} }`)).toBe(
      "rootFields",
    );
    expect(excessOf("{ ...F } fragment F on Query { a { ...F } }")).toBeNull();
    const doubling = times(
      50,
      (index) => `fragment F${index} on Query { ...F${index + 1} a ...F${index + 1} }`,
    );
    // A count that follows every spread again would take 2^50 steps, and so never end.
    expect(excessOf(`{ ...F0 } ${doubling} fragment F50 on Query { a }`)).toBe("rootFields");
  });

  test("looks at every operation of a document", () => {
    expect(excessOf(`query A { a } query B ${nested(limits.depth + 1)}`)).toBe("depth");
  });
});
