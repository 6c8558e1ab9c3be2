// A GraphQL request over HTTP: what it asks for, and how Apollo gets it.
import { HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import type { FastifyRequest } from "fastify";
import type { OperationRequest } from "../graphql/admission/admission.ts";

/** What a request asks for, as far as it can be read. */
export function readOperation(request: FastifyRequest): OperationRequest {
  if (request.method !== "GET") return isRecord(request.body) ? request.body : {};
  const parameters = new URLSearchParams(searchOf(request));
  const { query, documentId, variables, extensions } = Object.fromEntries(parameters);
  return { query, documentId, variables: parse(variables), extensions: parse(extensions) };
}

/** @param text to be executed whatever the request says; null leaves the request as it came */
export function toHttpGraphqlRequest(request: FastifyRequest, text: string | null): HTTPGraphQLRequest {
  const { method } = request;
  const headers = toHeaderMap(request);
  const asItCame = { method, headers, search: searchOf(request), body: request.body };
  if (text === null) return asItCame;
  if (method !== "GET") {
    // Without `extensions` and `documentId`: what they name has been found.
    const kept = Object.entries(isRecord(request.body) ? request.body : {}).filter(
      ([name]) => name === "variables" || name === "operationName",
    );
    return { ...asItCame, body: { ...Object.fromEntries(kept), query: text } };
  }
  const parameters = new URLSearchParams(searchOf(request));
  parameters.set("query", text);
  parameters.delete("extensions");
  parameters.delete("documentId");
  return { ...asItCame, search: `?${parameters.toString()}` };
}

function toHeaderMap(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    // "Anything" is what no header says, too, and costs Apollo a twentieth of the request to find out.
    if (name === "accept" && value === "*/*") continue;
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  return headers;
}

function searchOf(request: FastifyRequest): string {
  const query = request.url.indexOf("?");
  return query === -1 ? "" : request.url.slice(query);
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Apollo refuses it, in better words.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
