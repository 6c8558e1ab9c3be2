import { describe, expect, test } from "@jest/globals";
import { Documents } from "../../../src/graphql/documents.ts";
import { createSchema } from "../../../src/graphql/schema.ts";

const toText = (value: string) =>
  `{ conversationParticipant(workspaceId: "w", conversationId: "c", key: "k", value: "${value}") { __typename } }`;
/** Encoded as UTF-8, all of them have the same bytes. */
const replaced = toText("a\ufffd");
const lone = [toText("a\ud800"), toText("a\udc00"), toText("a\udfff")];

describe("a text with a lone surrogate", () => {
  test.each([true, false])(
    "is not taken for the text with U+FFFD in its place (production: %s)",
    (production) => {
      const documents = new Documents(createSchema(), { production });
      expect(documents.read(replaced)).toMatchObject({ ok: true });
      for (const text of lone)
        expect(documents.read(text)).toMatchObject({ ok: false, failure: { code: "GRAPHQL_PARSE_FAILED" } });
    },
  );

  test("does not make that text invalid", () => {
    const documents = new Documents(createSchema(), { production: true });
    for (const text of lone) documents.read(text);
    expect(documents.read(replaced)).toMatchObject({ ok: true });
  });
});
