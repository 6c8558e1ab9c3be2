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
  { requestId, fromRouter }: { requestId: string; fromRouter: boolean },
): Result<string, Rejection> {
  if (fromRouter) return findTextOfRouter(source);
  const { query = "", documentId = readHash(source) } = source;
  if (persisted.mode === "off") {
    // Without a manifest an id means nothing, and a text is all that is needed.
    if (query !== "") return succeed(query);
    return fail(documentId === undefined ? noText : notSupported);
  }
  if (documentId === undefined) return query === "" ? fail(noText) : checkText(query, persisted, requestId);
  const text = textOf(documentId, persisted.manifest);
  if (query === "" && text === undefined) {
    // To "not found" an Apollo client sends hash and text, and does so again with each operation.
    const isHash = source.documentId === undefined;
    return fail(isHash && persisted.mode === "log" ? notSupported : notFound);
  }
  // An id with a text comes from a client that offers to register it: the text decides, unless the id is another text's.
  if (query !== "" && text !== undefined && query !== text) return fail(notFound);
  return checkText(text ?? query, persisted, requestId);
}

/**
 * Routers write their own operations, which no manifest can list. Apollo's send a hash alone first, and the text only
 * after "not found".
 */
function findTextOfRouter({ query = "", ...source }: OperationSource): Result<string, Rejection> {
  if (query !== "") return succeed(query);
  return fail(source.documentId === undefined && readHash(source) === undefined ? noText : notFound);
}

/** Whether the manifest has a text, or need not have it. */
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

/** GraphQL over HTTP drafts ids that begin with the name of the hash; a manifest may have such ids itself. */
function textOf(id: string, manifest: Manifest): string | undefined {
  return manifest.textOf(id) ?? manifest.textOf(id.replace(/^sha256:/, ""));
}

function readHash({ extensions }: OperationSource): string | undefined {
  const persistedQuery = extensions?.["persistedQuery"];
  const hash = isJsonObject(persistedQuery) ? persistedQuery["sha256Hash"] : undefined;
  return typeof hash === "string" ? hash : undefined;
}

const noText = rejection("BAD_REQUEST", "The request has no GraphQL operation: send one as query.");
/** As Apollo Server answers: its clients and routers read the message of a 200 only. */
const statuses = { status: 400, statusInJson: 200 };
const notFound = rejection("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", statuses);
/** Apollo's clients take this answer, with this message and status, as the sign to send texts only. */
const notSupported = rejection("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", statuses);
const notPersisted = rejection(
  "OPERATION_NOT_PERSISTED",
  "Only operations of the manifest are executed here, and this is none of them.",
);
