import { describe, expect, test } from "@jest/globals";
import { parse, specifiedRules, validate } from "graphql";
import { mistakes } from "../../../../bench/worst-text/mistakes.js";
import { createSchema } from "../../../../src/graphql/schema.ts";
import { QuickValidation } from "../../../../src/graphql/validation/quick-validation.ts";
import { compare } from "./differences.ts";

const schema = createSchema();
const quick = new QuickValidation(schema);

describe("the quick validation", () => {
  test.each(mistakes)("finds what %s of graphql-js finds: %s", (rule, _what, text) => {
    const document = parse(text);
    const rules = specifiedRules.filter((one) => validate(schema, document, [one]).length > 0);
    expect(rules.map(({ name }) => name)).toEqual([rule]);
    expect(quick.findMistake(document)).not.toBeNull();
  });

  test("knows a mistake of every rule, but for those about subscriptions and introspection, which are rejected before", () => {
    const known = new Set(mistakes.map(([rule]) => rule));
    const unknown = specifiedRules.filter(({ name }) => !known.has(name)).map(({ name }) => name);
    expect(unknown).toEqual(["SingleFieldSubscriptionsRule", "MaxIntrospectionDepthRule"]);
  });

  test("agrees with graphql-js on texts that are made by changing valid ones", () => {
    const { valid, invalid, differences } = compare({ seed: 1, texts: 400 });
    expect(differences).toEqual([]);
    expect(valid).toBeGreaterThan(20);
    expect(invalid).toBeGreaterThan(100);
  });

  test("returns the place of the mistake", () => {
    const mistake = quick.findMistake(parse("{\n  __typename\n  nope\n}"));
    expect(mistake?.loc?.startToken).toMatchObject({ line: 3, column: 3 });
  });
});
