// Which operations are executed at all: persisted operations and limits, before Apollo parses anything.
import { GraphQLError, parse, type DocumentNode } from "graphql";
import { LRUCache } from "lru-cache";
import * as events from "../../observability/events.ts";
import { findExcess, limits } from "./limits.ts";
import { sha256, type Manifest } from "./manifest.ts";

/** What a request asks for, as far as it can be read; anything else is Apollo's to refuse. */
export type OperationRequest = {
  query?: unknown;
  variables?: unknown;
  extensions?: unknown;
  /** The id of a persisted operation, as GraphQL over HTTP drafts it. */
  documentId?: unknown;
};

/** Why nothing is executed, or the text that an id stands for; null leaves the request as it came. */
export type Admission = { text: string | null; refusal: GraphQLError | null };

export type PersistedOperations =
  { mode: "off" } | { mode: "log"; manifest: Manifest } | { mode: "enforce"; manifest: Manifest };

export type Admit = (request: OperationRequest, requestId: string) => Admission;

/** Texts of up to this many characters together are remembered, so that clients' few operations are parsed once. */
const REMEMBERED_CHARACTERS = 1_000_000;

export function createAdmission(persisted: PersistedOperations): Admit {
  const documents = new LRUCache<string, Remembered>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_remembered, text) => text.length,
  });
  const remember = (text: string): Remembered => {
    const known = documents.get(text);
    if (known !== undefined) return known;
    const fresh = inspect(text);
    documents.set(text, fresh);
    return fresh;
  };
  return (request, requestId) => {
    const refuse = (refusal: GraphQLError): Admission => {
      events.operationRefused({ requestId, code: String(refusal.extensions["code"]) });
      return { text: null, refusal };
    };
    const id = persisted.mode === "off" ? undefined : readId(request);
    const text = findText(request, id, persisted);
    if (text === null) return refuse(unknownPersisted);
    if (text === undefined || text === "") return { text: null, refusal: null };
    if (persisted.mode !== "off" && !persisted.manifest.has(text)) {
      if (persisted.mode === "enforce") return refuse(notPersisted);
      events.unknownOperation({ requestId, hash: sha256(text) });
    }
    const { document, excess } = remember(text);
    const exceeded = excess ?? (document && findExcessInLists(document, request.variables));
    if (exceeded !== null) return refuse(tooLarge(exceeded));
    return { text: id === undefined ? null : text, refusal: null };
  };
}

type Excess = keyof typeof limits | null;
/** A text that was read; without a document when it is no GraphQL. */
type Remembered = { document: DocumentNode | null; excess: Excess };

function inspect(text: string): Remembered {
  try {
    const document = parse(text, { maxLexicalTokens: limits.tokens, noLocation: true });
    return { document, excess: findExcess(document, {}) };
  } catch {
    // Apollo says what is wrong with it, under the same limit of tokens.
    return { document: null, excess: null };
  }
}

/** Only lists in variables can make of the same text a larger operation. */
function findExcessInLists(document: DocumentNode, variables: unknown): Excess {
  if (typeof variables !== "object" || variables === null) return null;
  const lists = Object.entries(variables).filter(([, value]) => Array.isArray(value));
  return lists.length === 0 ? null : findExcess(document, Object.fromEntries(lists));
}

/** @returns null for the id of an operation that is not in the manifest, undefined where there is no text */
function findText(
  request: OperationRequest,
  id: string | undefined,
  persisted: PersistedOperations,
): string | null | undefined {
  const sent = typeof request.query === "string" ? request.query : undefined;
  // Without a manifest ids mean nothing here, and Apollo says so.
  if (persisted.mode === "off" || id === undefined) return sent;
  const text = persisted.manifest.textOf(id.replace(/^sha256:/, ""));
  // An id with a text is a client that offers to register it: the text decides, and only if the id is its own.
  if (sent !== undefined) return text === undefined || text === sent ? sent : null;
  return text ?? null;
}

function readId({ documentId, extensions }: OperationRequest): string | undefined {
  return typeof documentId === "string" ? documentId : readHash(extensions);
}

/** Apollo's clients send the hash in `extensions.persistedQuery`. */
function readHash(extensions: unknown): string | undefined {
  if (typeof extensions !== "object" || extensions === null || !("persistedQuery" in extensions)) return;
  const { persistedQuery } = extensions;
  if (typeof persistedQuery !== "object" || persistedQuery === null || !("sha256Hash" in persistedQuery))
    return;
  return typeof persistedQuery.sha256Hash === "string" ? persistedQuery.sha256Hash : undefined;
}

function badRequest(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: 400 } } });
}

const unknownPersisted = badRequest("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound");
const notPersisted = badRequest(
  "OPERATION_NOT_PERSISTED",
  "Only operations of the manifest are executed here, and this is none of them.",
);

function tooLarge(excess: keyof typeof limits): GraphQLError {
  return badRequest("OPERATION_TOO_LARGE", `The operation exceeds the limit ${excess}: ${limits[excess]}.`);
}
