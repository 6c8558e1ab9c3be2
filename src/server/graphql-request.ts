// A GraphQL request over HTTP: what it asks for, or why it cannot be read. Nothing is executed to find that out.
import Negotiator from "negotiator";
import type { FastifyRequest } from "fastify";
import type { GraphqlRequest } from "../graphql/execute.ts";
import { isJsonObject } from "../json.ts";
import { fail, succeed, type Result } from "../result.ts";

/** Why a request never becomes an operation: the status of its answer, in words for the developer. */
export type BadRequest = { status: number; message: string; headers?: Readonly<Record<string, string>> };

/** What the gateway answers in; the first is for callers that accept everything. */
const MEDIA_TYPES = ["application/json", "application/graphql-response+json"];

/** @returns the media type of the answer; null where the caller accepts none that there is */
export function chooseMediaType({ headers: { accept } }: FastifyRequest): string | null {
  // No header means the same as this one, which is what most clients send.
  if (accept === undefined || accept === "*/*") return "application/json";
  return new Negotiator({ headers: { accept } }).mediaType(MEDIA_TYPES) ?? null;
}

export function readGraphqlRequest(request: FastifyRequest): Result<GraphqlRequest, BadRequest> {
  if (request.method !== "GET" && request.method !== "POST") return fail(wrongMethod);
  if (isSentByForms(request)) return fail(forged);
  return request.method === "GET" ? readSearch(request) : readBody(request.body);
}

const wrongMethod = {
  status: 405,
  message: "GraphQL is served with GET and POST.",
  headers: { allow: "GET, POST" },
};
const forged = {
  status: 400,
  message:
    "A browser sends such a request unasked, for any page: send a body as application/json, or the header apollo-require-preflight.",
};

/** The media types that a form of any page can post, without the browser asking the gateway first (Fetch, "CORS-safelisted"). */
const FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
const PREFLIGHT_HEADERS = ["x-apollo-operation-name", "apollo-require-preflight"];

function isSentByForms({ headers }: FastifyRequest): boolean {
  const type = essenceOf(headers["content-type"]);
  if (type !== undefined && !FORM_TYPES.includes(type)) return false;
  return !PREFLIGHT_HEADERS.some((name) => headers[name] !== undefined && headers[name] !== "");
}

function essenceOf(contentType: string | undefined): string | undefined {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase();
}

function readBody(body: unknown): Result<GraphqlRequest, BadRequest> {
  if (!isJsonObject(body))
    return fail(wrong("The body must be a JSON object; one request is one operation."));
  return readParameters(body);
}

function readSearch(request: FastifyRequest): Result<GraphqlRequest, BadRequest> {
  const type = essenceOf(request.headers["content-type"]);
  if (type !== undefined && type !== "application/json")
    return fail({
      status: 415,
      message: "A GET request has no body: its content-type can only be application/json.",
    });
  const start = request.url.indexOf("?");
  const search = new URLSearchParams(start === -1 ? "" : request.url.slice(start));
  const parameters: Record<string, unknown> = {};
  for (const name of ["query", "documentId", "operationName", "variables", "extensions"]) {
    const [value, ...others] = search.getAll(name);
    if (others.length > 0) return fail(wrong(`The parameter ${name} may be there once only.`));
    if (value === undefined) continue;
    const isJson = name === "variables" || name === "extensions";
    parameters[name] = isJson ? parseJson(value) : value;
    if (isJson && !isJsonObject(parameters[name]))
      return fail(wrong(`The parameter ${name} must be a JSON object.`));
  }
  return readParameters(parameters);
}

/** Undefined for what is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readParameters(given: Readonly<Record<string, unknown>>): Result<GraphqlRequest, BadRequest> {
  const { query, documentId, operationName, variables, extensions } = given;
  if (!isText(query)) return fail(wrong("query must be a string."));
  if (!isText(documentId)) return fail(wrong("documentId must be a string."));
  if (!isText(operationName)) return fail(wrong("operationName must be a string."));
  if (!isObject(variables)) return fail(wrong("variables must be a JSON object."));
  if (!isObject(extensions)) return fail(wrong("extensions must be a JSON object."));
  return succeed({
    query: query ?? undefined,
    documentId: documentId ?? undefined,
    operationName: operationName ?? undefined,
    variables: variables ?? undefined,
    extensions: extensions ?? undefined,
  });
}

/** A parameter that is null counts as absent (GraphQL over HTTP, "Request Parameters"). */
function isText(value: unknown): value is string | null | undefined {
  return value === undefined || value === null || typeof value === "string";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> | null | undefined {
  return value === undefined || value === null || isJsonObject(value);
}

function wrong(message: string): BadRequest {
  return { status: 400, message };
}
