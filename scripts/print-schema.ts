// `npm run schema:print`: writes the schema that routers compose with, as the code has it.
// It does not write a schema that breaks operations or routers of before, except with `-- --accept-breaking`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { graphql } from "graphql";
import { z } from "zod";
import { createSchema } from "../src/graphql/schema.ts";
import { findBreaking } from "./breaking-changes.ts";

const published = join(import.meta.dirname, "../schema/published/subgraph.graphql");

const { values, positionals } = parseArgs({
  options: { "accept-breaking": { type: "boolean", default: false } },
  allowPositionals: true,
});
const [file = published] = positionals;

const sdl = await readSdl();

const breaking = existsSync(file) ? await findBreaking(readFileSync(file, "utf8"), sdl) : [];
if (breaking.length > 0 && !values["accept-breaking"]) {
  process.stderr.write(`Not written, because it would break callers or routers:\n${breaking.join("\n")}\n`);
  process.exitCode = 1;
} else {
  writeFileSync(file, sdl);
}

/** The SDL as a router asks for it. */
async function readSdl(): Promise<string> {
  const { data } = await graphql({ schema: createSchema(), source: "{ _service { sdl } }" });
  const { _service: service } = z.object({ _service: z.object({ sdl: z.string() }) }).parse(data);
  return `${service.sdl}\n`;
}
