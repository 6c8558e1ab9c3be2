// Writes docs/configuration.md; with `--check` it only says whether the document is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { renderConfiguration } from "./configuration-document.ts";

const path = join(import.meta.dirname, "../docs/configuration.md");
const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });

const wanted = await renderConfiguration();
if (!values.check) {
  writeFileSync(path, wanted);
} else if (readFileSync(path, "utf8") !== wanted) {
  process.stderr.write("docs/configuration.md is out of date: run `npm run codegen`.\n");
  process.exitCode = 1;
}
