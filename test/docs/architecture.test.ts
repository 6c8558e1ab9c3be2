import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { code, readDocument, tableOf } from "../support/markdown.ts";

const document = readDocument("docs/architecture.md");
const src = new URL("../../src/", import.meta.url);

describe("docs/architecture.md", () => {
  test("has a row for each folder of src/, and for no other", () => {
    const rooms = readdirSync(src, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
    const rows = tableOf(document, "place", "reason to exist").map((row) => code(row["place"]));
    expect(rows.sort()).toEqual(rooms.sort());
  });

  test("names only files that exist", () => {
    const named = [...document.matchAll(/`((?:src\/)?[a-z-]+\/[\w./-]*)`/g)].map(([, name = ""]) => name);
    const root = new URL("../", src);
    const missing = named.filter(
      (name) => !existsSync(new URL(name, src)) && !existsSync(new URL(name, root)),
    );
    expect(missing).toEqual([]);
  });
});
