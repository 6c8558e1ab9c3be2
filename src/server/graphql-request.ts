// Reads the parameters of a GraphQL request from its body or its URL.
import type { FastifyRequest } from "fastify";
import type { GraphqlRequest } from "../graphql/execute.ts";
import { isJsonObject, type JsonObject } from "../json.ts";
import { fail, succeed, type Result } from "../result.ts";
import type { HttpRejection } from "./http-rejections.ts";
import { readBody, type BodyLimits } from "./request-body.ts";

type Read<Value> = Result<Value, HttpRejection>;

/** Reads a request whose head has been checked. */
export function readGraphqlRequest(
  request: FastifyRequest,
  limits: BodyLimits,
): Read<GraphqlRequest> | Promise<Read<GraphqlRequest>> {
  return request.method === "GET" ? readSearch(request.url) : readPost(request, limits);
}

async function readPost(request: FastifyRequest, limits: BodyLimits): Promise<Read<GraphqlRequest>> {
  const text = await readBody(request.raw, limits);
  if (!text.ok) return text;
  const body = parseJson(text.value);
  return isJsonObject(body)
    ? readParameters(body)
    : fail(wrong("The body must be a JSON object; one request is one operation."));
}

const TEXTS = ["query", "documentId", "operationName"];
const OBJECTS = ["variables", "extensions"];

function readSearch(url: string): Read<GraphqlRequest> {
  const parameters: Record<string, unknown> = {};
  for (const pair of searchOf(url).split("&")) {
    const [rawName = "", ...rest] = pair.split("=");
    const name = decode(rawName);
    const text = decode(rest.join("="));
    if (name === null || text === null) return fail(wrong("The URL is not percent-encoded UTF-8."));
    // An empty parameter counts as absent, because forms and client libraries send empty parameters.
    if (text === "" || !(TEXTS.includes(name) || OBJECTS.includes(name))) continue;
    if (name in parameters) return fail(wrong(`The parameter ${name} may be there once only.`));
    parameters[name] = OBJECTS.includes(name) ? parseJson(text) : text;
    if (parameters[name] === undefined) return fail(wrong(`${name} must be a JSON object.`));
  }
  return readParameters(parameters);
}

function searchOf(url: string): string {
  const start = url.indexOf("?");
  return start === -1 ? "" : url.slice(start + 1);
}

/**
 * Decodes a name or a value of a URL's query. Node.js rejects URLs with bytes beyond ASCII, so what is not ASCII is
 * percent-encoded. Invalid UTF-8 is not replaced, because that would make it another text.
 *
 * @returns null for what is not percent-encoded UTF-8
 */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return null;
  }
}

/** Parses JSON; undefined where the text is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readParameters(given: Readonly<Record<string, unknown>>): Read<GraphqlRequest> {
  const { query, documentId, operationName, variables, extensions } = given;
  if (!isText(query)) return fail(wrong("query must be a string."));
  if (!isText(documentId)) return fail(wrong("documentId must be a string."));
  if (!isText(operationName)) return fail(wrong("operationName must be a string."));
  if (!isObject(variables)) return fail(wrong("variables must be a JSON object."));
  if (!isObject(extensions)) return fail(wrong("extensions must be a JSON object."));
  return succeed({
    query: presentText(query),
    documentId: presentText(documentId),
    operationName: presentText(operationName),
    variables: variables ?? undefined,
    extensions: onlyPersistedQuery(extensions),
  });
}

/** The only extension that is used. Others are not kept: a request stays in memory until its operation ends. */
function onlyPersistedQuery(extensions: JsonObject | null | undefined): JsonObject | undefined {
  const persistedQuery = extensions?.["persistedQuery"];
  const sha256Hash = isJsonObject(persistedQuery) ? persistedQuery["sha256Hash"] : undefined;
  return typeof sha256Hash === "string" ? { persistedQuery: { sha256Hash } } : undefined;
}

/** A parameter that is null counts as absent (GraphQL over HTTP, "Request Parameters"). */
function isText(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === "string";
}

/** An empty text counts as absent: forms and client libraries send every parameter. */
function presentText(text: string | null | undefined): string | undefined {
  return text === "" ? undefined : (text ?? undefined);
}

function isObject(value: unknown): value is JsonObject | null | undefined {
  return value === undefined || value === null || isJsonObject(value);
}

function wrong(message: string): HttpRejection {
  return { status: 400, code: "BAD_REQUEST", message };
}
