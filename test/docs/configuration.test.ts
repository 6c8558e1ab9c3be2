import { describe, expect, test } from "@jest/globals";
import { renderConfiguration } from "../../scripts/configuration-document.ts";
import { rows } from "../../src/config/variables.ts";
import { readDocument } from "../support/markdown.ts";

describe("docs/configuration.md", () => {
  test("is generated from the rows of the variables", async () => {
    expect(readDocument("docs/configuration.md")).toBe(await renderConfiguration());
  });

  test.each(rows)("gives %s a default and an example that are allowed", (_name, variable) => {
    const { example, default: usual, productionDefault, type } = variable;
    for (const text of [example, usual, productionDefault])
      if (text !== undefined && text !== null) expect(type.parse(text)).not.toBeUndefined();
  });

  test("has a section for each variable and no other", () => {
    const headings = readDocument("docs/configuration.md").matchAll(/^### `(\w+)`$/gm);
    expect([...headings].map(([, name]) => name).sort()).toEqual(rows.map(([name]) => name).sort());
  });
});
