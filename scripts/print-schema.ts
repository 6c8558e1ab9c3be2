// `npm run schema:print`: writes the schema that routers compose with, as the code has it.
// It does not write a schema that breaks operations or routers of before, except with `-- --accept-breaking`.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema, graphql, Kind, parse, print, type DirectiveNode } from "graphql";
import { z } from "zod";
import { createSchema } from "../src/graphql/schema.ts";

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

async function findBreaking(before: string, after: string): Promise<string[]> {
  const changes = await diff(toSchema(before), toSchema(after));
  const promises = promisesOf(after);
  return [
    ...changes
      .filter((change) => change.criticality.level === CriticalityLevel.Breaking)
      .map((change) => `- ${change.message}`),
    ...[...promisesOf(before)].filter((one) => !promises.has(one)).map((one) => `- ${one} was removed`),
  ];
}

function toSchema(text: string) {
  return buildSchema(text, { assumeValidSDL: true });
}

/** What routers and contracts rely on besides fields and types: keys, shareable types, personal fields. */
function promisesOf(text: string): Set<string> {
  const types = parse(text).definitions.filter(
    (definition) => definition.kind === Kind.OBJECT_TYPE_DEFINITION,
  );
  const directives = (
    { directives = [] }: { readonly directives?: readonly DirectiveNode[] },
    coordinate: string,
  ) =>
    directives
      .filter(({ name }) => ["key", "shareable", "tag"].includes(name.value))
      .map((directive) => `${print(directive)} of ${coordinate}`);
  return new Set(
    types.flatMap((type) => [
      ...directives(type, type.name.value),
      ...(type.fields ?? []).flatMap((field) => directives(field, `${type.name.value}.${field.name.value}`)),
    ]),
  );
}
