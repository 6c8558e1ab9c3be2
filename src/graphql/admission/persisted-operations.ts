// Persisted operations: which text a request stands for, and whether the manifest allows it.
import { isJsonObject } from "../../json.ts";
import * as events from "../../observability/events.ts";
import { fail, succeed, type Result } from "../../result.ts";
import { rejection, type Rejection } from "../rejection.ts";
import { sha256, type Manifest } from "./manifest.ts";

/** What names an operation in a request: its text, or an id. */
export type OperationSource = {
  query?: string | undefined;
  /** The id of a persisted operation, as GraphQL over HTTP drafts it. */
  documentId?: string | undefined;
  /** Apollo's clients send the hash of a text in `persistedQuery`. */
  extensions?: Readonly<Record<string, unknown>> | undefined;
};

export type PersistedOperations =
  { mode: "off" } | { mode: "log"; manifest: Manifest } | { mode: "enforce"; manifest: Manifest };

/** Finds the text to execute. Parses nothing: its cost is that of a look into the manifest. */
export function findText(
  source: OperationSource,
  persisted: PersistedOperations,
  requestId: string,
): Result<string, Rejection> {
  if (persisted.mode === "off") return findTextWithoutManifest(source);
  const text = findPersistedText(source, persisted.manifest);
  if (text === null) return fail(notFound);
  if (text === "") return fail(noText);
  if (!persisted.manifest.has(text)) {
    if (persisted.mode === "enforce") return fail(notPersisted);
    events.unknownOperation({ requestId, hash: sha256(text) });
  }
  return succeed(text);
}

function findTextWithoutManifest({ query = "", extensions }: OperationSource): Result<string, Rejection> {
  if (isJsonObject(extensions?.["persistedQuery"])) return fail(notSupported);
  return query === "" ? fail(noText) : succeed(query);
}

/** @returns null for an id that is not in the manifest, or that is another text's; empty where nothing was sent */
function findPersistedText(source: OperationSource, manifest: Manifest): string | null {
  const { query = "", documentId = readHash(source) } = source;
  if (documentId === undefined) return query;
  const text = manifest.textOf(documentId.replace(/^sha256:/, ""));
  // An id with a text comes from a client that offers to register it: the text decides, unless the id is another text's.
  if (query !== "") return text === undefined || text === query ? query : null;
  return text ?? null;
}

function readHash({ extensions }: OperationSource): string | undefined {
  const persistedQuery = extensions?.["persistedQuery"];
  const hash = isJsonObject(persistedQuery) ? persistedQuery["sha256Hash"] : undefined;
  return typeof hash === "string" ? hash : undefined;
}

const noText = rejection("BAD_REQUEST", "The request has no GraphQL operation: send one as query.");
const notFound = rejection("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
/** Apollo's clients take this answer, with this message and status, as the sign to send texts only. */
const notSupported = rejection("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", {
  status: 200,
});
const notPersisted = rejection(
  "OPERATION_NOT_PERSISTED",
  "Only operations of the manifest are executed here, and this is none of them.",
);
