// `npm run persist -- <documents>`: writes the manifest of a client's operations to stdout.
import { readFileSync } from "node:fs";
import { argv, stdout } from "node:process";
import { Kind, parse, print, type DocumentNode } from "graphql";
import { sha256 } from "./graphql/admission/manifest.ts";
import { fragmentsOf, fragmentsUsedBy } from "./graphql/document.ts";

const documents = argv.slice(2).map((path) => parse(readFileSync(path, "utf8"), { noLocation: true }));
stdout.write(`${JSON.stringify(toManifest(documents), null, 2)}\n`);

/** In Apollo's format. Fragments may be defined in any of the documents. */
function toManifest(sources: readonly DocumentNode[]) {
  const fragments = fragmentsOf(...sources);
  const operations = sources
    .flatMap((source) => source.definitions)
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      if (operation.name === undefined) throw new Error("A persisted operation needs a name.");
      const definitions = [operation, ...fragmentsUsedBy(operation, fragments)];
      const body = print({ kind: Kind.DOCUMENT, definitions });
      return { id: sha256(body), name: operation.name.value, type: operation.operation, body };
    });
  return { format: "apollo-persisted-query-manifest", version: 1, operations };
}
