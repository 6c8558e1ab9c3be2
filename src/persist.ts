// `npm run persist -- <documents>`: writes the manifest of a client's operations to stdout.
import { readFileSync } from "node:fs";
import { argv, exit, stderr, stdout } from "node:process";
import {
  GraphQLError,
  Kind,
  parse,
  print,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from "graphql";
import { sha256 } from "./graphql/admission/manifest.ts";
import { fragmentsOf, fragmentsUsedBy } from "./graphql/document.ts";

/** A problem of the documents. Its message is for their authors. */
class DocumentsError extends Error {}

type Source = { path: string; document: DocumentNode };

try {
  stdout.write(`${JSON.stringify(toManifest(readSources(argv.slice(2))), null, 2)}\n`);
} catch (error) {
  if (!(error instanceof DocumentsError)) throw error;
  stderr.write(`${error.message}\n`);
  exit(1);
}

function readSources(paths: readonly string[]): Source[] {
  if (paths.length === 0)
    throw new DocumentsError("Name the files that hold the client's operations: npm run persist -- <files>");
  return paths.map((path) => ({ path, document: readDocument(path) }));
}

function readDocument(path: string): DocumentNode {
  const text = decode(readBytes(path), path);
  try {
    return parse(text, { noLocation: true });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { line = 0, column = 0 } = error.locations?.[0] ?? {};
    throw new DocumentsError(`${path}:${line}:${column} ${error.message}`);
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new DocumentsError(`${path} cannot be read (${code}).`);
  }
}

/** Decodes UTF-8, with or without a byte order mark. Replacing invalid bytes would write a text that no client sends. */
function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DocumentsError(`${path} is not UTF-8.`);
  }
}

/** In Apollo's format. Fragments may be defined in any of the documents. */
function toManifest(sources: readonly Source[]) {
  checkNames(sources);
  const documents = sources.map(({ document }) => document);
  const fragments = fragmentsOf(...documents);
  const operations = documents
    .flatMap(({ definitions }) => definitions)
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const name = operation.name?.value ?? "";
      const definitions = [operation, ...fragmentsOfOperation(operation, fragments)];
      const body = print({ kind: Kind.DOCUMENT, definitions });
      return { id: sha256(body), name, type: operation.operation, body };
    });
  if (operations.length === 0)
    throw new DocumentsError(`There is no operation in ${sources.map(({ path }) => path).join(", ")}.`);
  return { format: "apollo-persisted-query-manifest", version: 1, operations };
}

function fragmentsOfOperation(operation: OperationDefinitionNode, fragments: ReturnType<typeof fragmentsOf>) {
  try {
    return fragmentsUsedBy(operation, fragments);
  } catch (error) {
    throw new DocumentsError(
      `${operation.name?.value ?? ""}: ${error instanceof Error ? error.message : ""}`,
    );
  }
}

/** Checks that every operation has a name, and that two different operations or fragments never share one. */
function checkNames(sources: readonly Source[]): void {
  const known = new Map<string, { path: string; text: string }>();
  for (const { path, document } of sources)
    for (const definition of document.definitions) {
      if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION)
        continue;
      const what = nameOf(definition, path);
      const text = print(definition);
      const other = known.get(what);
      if (other !== undefined && other.text !== text)
        throw new DocumentsError(`The ${what} is defined differently in ${other.path} and in ${path}.`);
      known.set(what, { path, text });
    }
}

function nameOf(definition: OperationDefinitionNode | FragmentDefinitionNode, path: string): string {
  if (definition.kind === Kind.FRAGMENT_DEFINITION) return `fragment ${definition.name.value}`;
  if (definition.name === undefined) throw new DocumentsError(`${path} has an operation without a name.`);
  return `operation ${definition.name.value}`;
}
