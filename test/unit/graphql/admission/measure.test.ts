import { describe, expect, test } from "@jest/globals";
import { getIntrospectionQuery, parse } from "graphql";
import { limits, type Limit } from "../../../../src/graphql/admission/limits.ts";
import { findExcessInLists, measure } from "../../../../src/graphql/admission/measure.ts";

function excessOf(text: string, variables: Record<string, unknown> = {}): Limit | null {
  const document = parse(text);
  const measured = measure(document);
  return typeof measured === "string" ? measured : findExcessInLists(document, measured, variables);
}
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
const nested = (levels: number) => "{ a ".repeat(levels) + "}".repeat(levels);

describe("measure", () => {
  test("lets GraphiQL look at the schema, with levels of introspection to spare", () => {
    const everything = { inputValueDeprecation: true, specifiedByUrl: true, schemaDescription: true };
    expect(excessOf(getIntrospectionQuery(everything))).toBeNull();
    expect(excessOf(getIntrospectionQuery({ ...everything, typeDepth: 16 }))).toBeNull();
  });

  test("counts levels of introspection apart from those of everything else", () => {
    const schema = (levels: number) => `__schema ${nested(levels - 1)}`;
    expect(excessOf(`{ ${schema(limits.introspectionDepth)} }`)).toBeNull();
    expect(excessOf(`{ ${schema(limits.introspectionDepth + 1)} }`)).toBe("introspectionDepth");
    expect(excessOf(`{ ...A } fragment A on Query { ${schema(limits.introspectionDepth + 1)} }`)).toBe(
      "introspectionDepth",
    );
    expect(excessOf(`{ a ${nested(limits.depth)} }`)).toBe("depth");
  });

  /** Texts with so many of what a limit is for. */
  const texts: [Limit, string, (count: number) => string][] = [
    ["depth", "fields", nested],
    ["depth", "an unused fragment", (count) => `{ a } fragment F on Query ${nested(count)}`],
    ["depth", "fragments", (count) => `{ a { ...F } } fragment F on Query ${nested(count - 1)}`],
    ["nesting", "inline fragments", (count) => `${"{ ... ".repeat(count)}{ a }${"}".repeat(count)}`],
    [
      "nesting",
      "inline fragments in an unused fragment",
      (count) => `{ a } fragment F on Query ${"{ ... ".repeat(count - 1)}{ a }${"}".repeat(count - 1)}`,
    ],
    ["nesting", "lists in a value", (count) => `{ a(b: ${"[".repeat(count)}${"]".repeat(count)}) }`],
    ["nesting", "objects in a value", (count) => `{ a(b: ${"{ c: ".repeat(count)}1${" }".repeat(count)}) }`],
    ["nesting", "lists in a directive", (count) => `{ a @b(c: ${"[".repeat(count)}${"]".repeat(count)}) }`],
    [
      "nesting",
      "lists in a default",
      (count) => `query ($a: I = ${"[".repeat(count)}${"]".repeat(count)}) { a }`,
    ],
    ["nesting", "lists in a type", (count) => `query ($a: ${"[".repeat(count)}I${"]".repeat(count)}) { a }`],
    ["rootFields", "fields", (count) => `{ ${times(count, (index) => `f${index}`)} }`],
    ["aliases", "fields", (count) => `{ a { ${times(count, (index) => `b${index}: b`)} } }`],
    [
      "aliases",
      "fields of an unused fragment",
      (count) => `{ a } fragment F on Query { ${times(count, (index) => `b${index}: b`)} }`,
    ],
    [
      "directives",
      "on a field",
      (count) => `{ ${times(2, (index) => `a${index}`)} b ${"@c ".repeat(count)} }`,
    ],
    ["directives", "on an operation", (count) => `query ${"@c ".repeat(count)} { a }`],
    ["directives", "on a variable", (count) => `query ($a: I ${"@c ".repeat(count)}) { a }`],
    ["directives", "on a fragment", (count) => `{ a } fragment F on Query ${"@c ".repeat(count)} { a }`],
    ["directives", "on a spread", (count) => `{ ...F ${"@c ".repeat(count)} } fragment F on Query { a }`],
    ["directives", "on an inline fragment", (count) => `{ ... ${"@c ".repeat(count)} { a } }`],
    [
      "fragments",
      "unused",
      (count) => `{ a } ${times(count, (index) => `fragment F${index} on Query { a }`)}`,
    ],
    ["operations", "named", (count) => times(count, (index) => `query Q${index} { a }`)],
    ["variables", "of a query", (count) => `query (${times(count, (index) => `$v${index}: I`)}) { a }`],
    ["variableUses", "in a list", (count) => `{ _entities(representations: [${"$a ".repeat(count)}]) }`],
    ["variableUses", "in objects", (count) => `{ a(b: {${times(count, (index) => `f${index}: $a`)}}) }`],
    ["introspections", "of types", (count) => `{ ${times(count, (index) => `a${index}: __type { name }`)} }`],
    ["repetitions", "fields", (count) => `{ a { ${"b ".repeat(count)} } }`],
    ["repetitions", "fields in inline fragments", (count) => `{ a { ${"... on B { b } ".repeat(count)} } }`],
    ["repetitions", "spreads", (count) => `{ ${"...F ".repeat(count)} } fragment F on Query { a }`],
    ["listItems", "in the text", (count) => `{ a(identifiers: [${"1 ".repeat(count)}]) }`],
    ["representations", "in the text", (count) => `{ _entities(representations: [${"1 ".repeat(count)}]) }`],
  ];

  test.each(texts)("takes as much as the limit %s says, and no more: %s", (name, _where, text) => {
    expect(excessOf(text(limits[name]))).toBeNull();
    expect(excessOf(text(limits[name] + 1))).toBe(name);
  });

  test.each<[string, string]>([
    ["below fields of one name", `{ ${`a { ${"b { c c c c } ".repeat(10)} } `.repeat(10)} }`],
    [
      "in fragments that are spread in one place",
      `{ ${times(99, (index) => `...F${index}`)} } ${times(99, (index) => `fragment F${index} on Q { ${times(12, (name) => `a${name}`)} }`)}`,
    ],
    [
      "in a fragment and beside its spread",
      `{ ${times(20, (index) => `a${index} { ${times(60, (name) => `b${name}`)} ...F0 ...F1 }`)} } ${times(100, (index) => `fragment F${index} on Q { ${times(50, (name) => `b${name}`)} }`)}`,
    ],
    [
      "in inline fragments within each other",
      `{ a { ${`... { ${times(40, (name) => `b${name}`)} `.repeat(18)} ${"}".repeat(18)} } }`,
    ],
  ])("counts what validation has to compare: %s", (_where, text) => {
    expect(excessOf(text)).toBe("comparisons");
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
    expect(excessOf(`{ ...F0 } ${doubling} fragment F50 on Query { a }`)).toBe("resolvedFields");
  });

  test("looks at every operation of a document", () => {
    expect(excessOf(`query A { a } query B ${nested(limits.depth + 1)}`)).toBe("depth");
  });
});
