import { describe, expect, test } from "@jest/globals";
import { lookups } from "../../attacks/attacked.ts";
import { Documents, REMEMBERED_BYTES } from "../../../src/graphql/documents.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { heapBytes } from "../../support/heap.ts";

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");

/** Kinds of texts that take much heap for their length, all of them different for another number. */
const kinds: [string, (number: number) => string][] = [
  ["lookups", (number) => `{ ${lookups(100)} a${number}: __typename }`],
  ["comments", (number) => `{ a${number}: __typename }${"#\n".repeat(20_000)}`],
  ["characters beyond Latin-1", (number) => `{ a${number}: __typename } # ${"Ж".repeat(40_000)}`],
  [
    "lists of objects",
    (number) =>
      `{ a${number}: ${lookups(1)
        .slice(3)
        .replace(/^.*?\(/, "conversationParticipants(")
        .replace(/key: .*\)/, `identifiers: [${times(100, () => '{key:"a",value:"b"}')}])`)} }`,
  ],
  [
    "fields",
    (number) =>
      `{ ${times(15, (index) => `a${index}: __typename ...F${index}`)} b${number}: __typename } ${times(15, (index) => `fragment F${index} on Query { ${times(60, (at) => `b${index}x${at % 20}: __typename`)} }`)}`,
  ],
  ["rejected", (number) => `{ a${number} { ${times(3000, (index) => `b${index}`)} } }`],
  ["no GraphQL", (number) => `{ a${number} ${"#\n".repeat(20_000)} }}`],
];

describe("what is remembered of texts", () => {
  test.each(kinds)("takes 32 MB of heap at most: %s", (_kind, text) => {
    const documents = new Documents(createSchema(), { production: false });
    documents.read(text(0));
    const before = heapBytes();
    for (let number = 1; number <= 60; number++) documents.read(text(number));
    const taken = heapBytes() - before;
    expect(taken).toBeLessThan(REMEMBERED_BYTES);
    // It is remembered as long as there is room: the same text gives the same document.
    expect(documents.read(text(60))).toBe(documents.read(text(60)));
  });
});
