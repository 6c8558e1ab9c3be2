import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { readDocument } from "../support/markdown.ts";

const packageJson = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readDocument("package.json")));
const scripts = Object.keys(packageJson.scripts);

const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "test/README.md",
  "bench/README.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe("package.json", () => {
  test.each(documents)("has every script that %s names", (document) => {
    const named = readDocument(document).matchAll(/npm run (?:--\S+ )*([\w:]+)/g);
    expect([...named].map(([, name]) => name).filter((name = "") => !scripts.includes(name))).toEqual([]);
  });

  test("needs no script to run by itself before another: with ignore-scripts, and with Yarn, none does", () => {
    const hooks = scripts.filter((name) => /^(pre|post)/.test(name) && name !== "prepack");
    expect(hooks).toEqual([]);
  });
});
