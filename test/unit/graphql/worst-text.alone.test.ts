import { describe, expect, test } from "@jest/globals";
import { parse, specifiedRules, validate } from "graphql";
import { largestLegalText, randomShape, toText } from "../../../bench/worst-text/grammar.js";
import { createRandom } from "../../../bench/worst-text/hunt.js";
import { createReader } from "../../../bench/worst-text/reader.js";
import { measure } from "../../../src/graphql/admission/measure.ts";
import { findUnknownName } from "../../../src/graphql/admission/unknown-names.ts";
import { createSchema } from "../../../src/graphql/schema.ts";
import { runProcess } from "../../support/process.ts";

const schema = createSchema();

describe("before its execution a text costs", () => {
  // In a process of its own: what Jest and other tests keep in the heap would count as the cost of a text.
  test("at most twice as much as the largest legal one, and a rejected one three times its own parsing", async () => {
    const hunt = await runProcess({}, "node", ["--import", "tsx", "bench/worst-texts.js", "--short"]);
    expect(hunt).toMatchObject({ code: 0, stdout: expect.stringContaining("Met.") });
  }, 120_000);

  test("nothing that the largest legal operation would be rejected for", () => {
    expect(createReader().judge(largestLegalText())).toBe("accepted");
  });
});

describe("findUnknownName", () => {
  test("finds nothing in a text that is valid", () => {
    const random = createRandom(11);
    let found = 0;
    for (let text = 0; text < 80; text++) {
      const document = parseOrNull(toText(randomShape(random)));
      if (document === null || typeof measure(document) === "string") continue;
      if (findUnknownName(schema, document) === null) continue;
      found += 1;
      expect(validate(schema, document, specifiedRules).length).toBeGreaterThan(0);
    }
    expect(found).toBeGreaterThan(3);
  });
});

function parseOrNull(text: string) {
  try {
    return parse(text);
  } catch {
    return null;
  }
}
