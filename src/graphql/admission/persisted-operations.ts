// Persisted operations: finds the text for the id in a request, and checks that the manifest allows it.
import { isJsonObject } from "../../json.ts";
import * as events from "../../observability/events.ts";
import { fail, succeed, type Result } from "../../result.ts";
import { rejection, type Rejection } from "../rejection.ts";
import { sha256, type Manifest } from "./manifest.ts";

/** The text or the id of an operation, as given in a request. */
export type OperationSource = {
  query?: string | undefined;
  /** The id of a persisted operation, as in the draft of GraphQL over HTTP. */
  documentId?: string | undefined;
  /** Apollo's clients send the hash of the text in `persistedQuery`. */
  extensions?: Readonly<Record<string, unknown>> | undefined;
};

/** What happens to operations that are not in the manifest: `log` executes them, `enforce` rejects them. */
export type PersistedOperations =
  { mode: "off" } | { mode: "log"; manifest: Manifest } | { mode: "enforce"; manifest: Manifest };

/** Finds the text to execute. It parses nothing, so it costs only a lookup in the manifest. */
export function findText(
  source: OperationSource,
  persisted: PersistedOperations,
  { requestId, fromRouter }: { requestId: string; fromRouter: boolean },
): Result<string, Rejection> {
  if (fromRouter) return findTextOfRouter(source);
  const { query = "", documentId = readHash(source) } = source;
  if (persisted.mode === "off") {
    // Without a manifest, ids are ignored where there is a text.
    if (query !== "") return succeed(query);
    return fail(documentId === undefined ? noText : notSupported);
  }
  if (documentId === undefined) return query === "" ? fail(noText) : checkText(query, persisted, requestId);
  const text = textOf(documentId, persisted.manifest);
  if (query === "" && text === undefined) {
    // An Apollo client would answer "not found" with hash and text for every operation, so say "not supported" instead.
    const isHash = source.documentId === undefined;
    return fail(isHash && persisted.mode === "log" ? notSupported : notFound);
  }
  // A client that sends an id with a text wants to register it. The text counts, unless the id belongs to another text.
  if (query !== "" && text !== undefined && query !== text) return fail(notFound);
  return checkText(text ?? query, persisted, requestId);
}

/**
 * Routers generate their operations, so no manifest can list them. Apollo's routers first send only a hash, and the text
 * after "not found".
 */
function findTextOfRouter({ query = "", ...source }: OperationSource): Result<string, Rejection> {
  if (query !== "") return succeed(query);
  return fail(source.documentId === undefined && readHash(source) === undefined ? noText : notFound);
}

/** Admits a text that is in the manifest, and any text where the manifest is not enforced. */
function checkText(
  text: string,
  { mode, manifest }: Exclude<PersistedOperations, { mode: "off" }>,
  requestId: string,
): Result<string, Rejection> {
  if (manifest.has(text)) return succeed(text);
  if (mode === "enforce") return fail(notPersisted);
  events.unknownOperation({ requestId, hash: sha256(text) });
  return succeed(text);
}

/** Finds an id. The draft of GraphQL over HTTP prefixes it with the hash's name; a manifest may also hold prefixed ids. */
function textOf(id: string, manifest: Manifest): string | undefined {
  return manifest.textOf(id) ?? manifest.textOf(id.replace(/^sha256:/, ""));
}

function readHash({ extensions }: OperationSource): string | undefined {
  const persistedQuery = extensions?.["persistedQuery"];
  const hash = isJsonObject(persistedQuery) ? persistedQuery["sha256Hash"] : undefined;
  return typeof hash === "string" ? hash : undefined;
}

const noText = rejection("BAD_REQUEST", "The request has no GraphQL operation: send one as query.");
/** The statuses of Apollo Server: its clients and routers read the message only of a 200. */
const statuses = { status: 400, statusInJson: 200 };
const notFound = rejection("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", statuses);
/** With this message and status, Apollo's clients send only texts from then on. */
const notSupported = rejection("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", statuses);
const notPersisted = rejection(
  "OPERATION_NOT_PERSISTED",
  "Only operations of the manifest are executed here, and this is none of them.",
);
