import { existsSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { limits } from "../../src/graphql/admission/limits.ts";
import { code, readDocument, tableOf } from "../support/markdown.ts";
import { runProcess } from "../support/process.ts";

const root = new URL("../../", import.meta.url);

describe("SECURITY.md", () => {
  test("names an existing test for every attacker", () => {
    const rows = tableOf(readDocument("SECURITY.md"), "attacker", "asset", "defence", "test");
    expect(rows.length).toBeGreaterThanOrEqual(15);
    for (const row of rows) {
      const file = code(row["test"]);
      expect([file, file.endsWith(".test.ts") && existsSync(new URL(file, root))]).toEqual([file, true]);
    }
  });
});

describe("docs/security.md", () => {
  test("states every limit with its value in the code", () => {
    const rows = tableOf(readDocument("docs/security.md"), "limit", "at most");
    const stated = rows.map((row) => [/^`(\w+)`/.exec(row["limit"] ?? "")?.[1], Number(row["at most"])]);
    expect(Object.fromEntries(stated)).toEqual(limits);
  });
});

type Lockfile = {
  packages: Record<string, { integrity?: string; link?: boolean; hasInstallScript?: boolean; dev?: boolean }>;
};

describe("the build", () => {
  const lockfile = JSON.parse(readDocument("package-lock.json")) as Lockfile;
  const packages = Object.entries(lockfile.packages).filter(([path]) => path !== "");

  test("takes every package from the lockfile, by its hash", () => {
    const bundled = (path: string) => path.split("node_modules/").length > 2;
    expect(packages.filter(([path, { integrity }]) => integrity === undefined && !bundled(path))).toEqual([]);
  });

  test("needs no install script at run time, and the existing ones are switched off", () => {
    const { allowScripts } = JSON.parse(readDocument("package.json")) as {
      allowScripts: Record<string, boolean>;
    };
    const withScripts = packages
      .filter(([, { hasInstallScript, dev }]) => hasInstallScript === true && dev !== true)
      .map(([path]) => path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length));
    expect(withScripts.filter((name) => allowScripts[name] !== false)).toEqual([]);
  });

  test("lists its packages as CycloneDX", async () => {
    const { stdout } = await runProcess({}, "npm", ["run", "--silent", "sbom"]);
    const { bomFormat, components } = JSON.parse(stdout) as {
      bomFormat: string;
      components: { name: string }[];
    };
    expect(bomFormat).toBe("CycloneDX");
    expect(components.map(({ name }) => name)).toEqual(expect.arrayContaining(["graphql", "axios", "zod"]));
  });
});
