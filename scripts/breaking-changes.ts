// Compares two schemas of the subgraph: what of the older one operations, routers or contracts would miss in the newer one.
import { CriticalityLevel, diff } from "@graphql-inspector/core";
import { buildSchema, Kind, parse, print, type DirectiveNode } from "graphql";

/** @returns a line for each change that breaks somebody */
export async function findBreaking(before: string, after: string): Promise<string[]> {
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
