// What the gateway does with a text before it executes it, for the hunt.
import { parse } from "graphql";
import { limits } from "../../src/graphql/admission/limits.ts";
import { Documents } from "../../src/graphql/documents.ts";
import { createSchema } from "../../src/graphql/schema.ts";

/** @returns {import("./hunt.js").Reader} */
export function createReader() {
  const documents = new Documents(createSchema(), { production: true });
  /** @param {string} text */
  const parseText = (text) => parse(text, { maxLexicalTokens: limits.tokens });
  return {
    read: (text) => documents.read(text).ok,
    parse: (text) => {
      try {
        parseText(text);
      } catch {
        // The time until the parser reports the error is the cost of such a text.
      }
    },
  };
}
