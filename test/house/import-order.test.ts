import { describe, expect, test } from "@jest/globals";
import { ESLint } from "eslint";
import { importOrder } from "../../lint/import-order.js";

const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: [importOrder], fix: true });

async function sorted(...specifiers: string[]): Promise<string[]> {
  const text = specifiers.map((specifier) => `import "${specifier}";`).join("\n");
  const [result] = await eslint.lintText(text, { filePath: "planted.js" });
  return [...(result?.output ?? text).matchAll(/"(.*)"/g)].map(([, specifier = ""]) => specifier);
}

describe("the linter", () => {
  test("sorts imports by their distance", async () => {
    expect(await sorted("./b.ts", "../a.ts", "zod", "node:fs")).toEqual([
      "node:fs",
      "zod",
      "../a.ts",
      "./b.ts",
    ]);
  });

  test("leaves imports of one distance in the order that they have", async () => {
    expect(await sorted("zod", "axios", "../b.ts", "../../a.ts")).toEqual([
      "zod",
      "axios",
      "../b.ts",
      "../../a.ts",
    ]);
  });
});
