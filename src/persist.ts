// `npm run persist -- <documents>`: writes the manifest of a client's operations to stdout.
import { readFileSync } from "node:fs";
import { argv, stdout } from "node:process";
import {
  Kind,
  parse,
  print,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from "graphql";
import { sha256 } from "./graphql/admission/manifest.ts";

const documents = argv.slice(2).map((path) => parse(readFileSync(path, "utf8"), { noLocation: true }));
stdout.write(`${JSON.stringify(toManifest(documents), null, 2)}\n`);

/** In Apollo's format. Fragments may be defined in any of the documents. */
function toManifest(sources: readonly DocumentNode[]) {
  const definitions = sources.flatMap((source) => source.definitions);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const operations = definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      if (operation.name === undefined) throw new Error("A persisted operation needs a name.");
      const body = print({ kind: Kind.DOCUMENT, definitions: [operation, ...used(operation, fragments)] });
      return { id: sha256(body), name: operation.name.value, type: operation.operation, body };
    });
  return { format: "apollo-persisted-query-manifest", version: 1, operations };
}

/** The fragments an operation spreads, and those that they spread, each once. */
function used(operation: OperationDefinitionNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const found = new Set<FragmentDefinitionNode>();
  const collect = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (fragment === undefined) throw new Error(`There is no fragment ${name.value}.`);
        if (found.has(fragment)) return;
        found.add(fragment);
        collect(fragment);
      },
    });
  };
  collect(operation);
  return found;
}
