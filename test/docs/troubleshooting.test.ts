import { readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { code, readDocument, tableOf } from "../support/markdown.ts";

const document = readDocument("docs/troubleshooting.md");
const columns = ["code", "most often", "what to do"] as const;
const [, byResult = "", byError = ""] = document.split(/^## By code /m);
const codesOf = (part: string) => tableOf(part, ...columns).map((row) => code(row["code"]));

describe("docs/troubleshooting.md", () => {
  test("has every code of docs/errors.md", () => {
    const known = tableOf(readDocument("docs/errors.md"), "code", "member", "who decided");
    expect(codesOf(byResult)).toEqual(known.map((row) => code(row["code"])));
  });

  test("has every code that the gateway gives in `errors`, and no other", () => {
    const root = new URL("../../", import.meta.url);
    const sources = ["src/graphql", "src/server"].flatMap((folder) =>
      readdirSync(new URL(folder, root), { recursive: true })
        .map((name) => `${folder}/${String(name)}`)
        .filter((name) => name.endsWith(".ts") && !name.includes("__generated__")),
    );
    const given = sources.flatMap((file) =>
      [...readDocument(file).matchAll(/"([A-Z]{3,}(?:_[A-Z]+)+)"|code: "([A-Z]+)"/g)].map(
        ([, long, short]) => long ?? short ?? "",
      ),
    );
    // These are values of union members, and the codes of Node.js begin with ERR_.
    const others = ["BAD_RESPONSE", "NOT_APPLIED", ...given.filter((name) => name.startsWith("ERR_"))];
    expect(codesOf(byError).sort()).toEqual(
      [...new Set(given)].filter((name) => !others.includes(name)).sort(),
    );
  });
});

describe("docs/comparison.md", () => {
  test("has the figures that bench/README.md gives, and no others", () => {
    const measured = tableOf(readDocument("bench/README.md"), "command and scenario", "result");
    const results = measured.map((row) => row["result"]);
    const stated = tableOf(readDocument("docs/comparison.md"), "scenario", "result");
    expect(stated.length).toBeGreaterThanOrEqual(3);
    for (const { result } of stated) expect(results).toContain(result);
  });

  test("names the versions that are installed", () => {
    const versionOf = (name: string) =>
      /"version": "(\d+\.\d+)/.exec(readDocument(`node_modules/${name}/package.json`))?.[1] ?? "none";
    const comparison = readDocument("docs/comparison.md");
    expect(comparison).toContain(`Apollo Server ${versionOf("@apollo/server")}, axios ${versionOf("axios")}`);
  });
});
