import { describe, expect, test } from "@jest/globals";
import { ESLint } from "eslint";
import { schemaRules } from "../../lint/schema-rules.js";

const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: [schemaRules] });

/** The rules that a piece of schema breaks, without the plugin's name in front. */
async function brokenRules(sdl: string): Promise<string[]> {
  const [result] = await eslint.lintText(sdl, { filePath: "schema/planted.graphql" });
  return (result?.messages ?? []).map(({ ruleId }) => ruleId?.split("/")[1] ?? "");
}

describe("the linter of the schema", () => {
  test("finds nothing wrong with it", async () => {
    const results = await eslint.lintFiles("schema/*.graphql");
    expect(results.length).toBeGreaterThan(4);
    expect(results.flatMap((result) => result.messages)).toEqual([]);
  });

  test.each([
    ["a field without a description", '"A." type PlantedError { a: String }', "require-description"],
    ["a field in another case", '"A." type PlantedError { "A." a_b: String }', "naming-convention"],
    [
      "a deprecation without a reason",
      '"A." type PlantedError { "A." a: String @deprecated }',
      "require-deprecation-reason",
    ],
    ["a type that nobody can reach", '"A." type PlantedError { "A." a: String }', "no-unreachable-types"],
    ["an object without an id", '"A." type Planted { "A." a: String }', "strict-id-in-types"],
    ["a directive nobody knows", '"A." type PlantedError @planted { "A." a: String }', "known-directives"],
    [
      "a root field that cannot fail alone",
      '"A." type Query { "A." a: Int! }',
      "require-nullable-result-in-root",
    ],
    [
      "a comment where a description belongs",
      '# A.\ntype PlantedError { "A." a: Int }',
      "no-hashtag-description",
    ],
  ])("finds %s", async (_what, sdl, rule) => {
    expect(await brokenRules(sdl)).toContain(rule);
  });
});
