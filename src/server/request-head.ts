// Checks the head of a GraphQL request, so that invalid requests are rejected before their body is read.
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import { unsupportedType, wrongMethod, type HttpRejection } from "./http-rejections.ts";
import { chooseAnswerType, isUtf8, readContentType } from "./media-types.ts";
import { CODINGS, codingOf, tooLarge } from "./request-body.ts";

/**
 * Checks method, headers and announced length.
 *
 * @param maxBodyBytes the largest body
 * @returns why the request is rejected, or null
 */
export function checkHead(
  { method, headers, raw }: FastifyRequest,
  maxBodyBytes: number,
): HttpRejection | null {
  if (method !== "GET" && method !== "POST") return wrongMethod;
  if (hasAmbiguousHeader(raw.rawHeaders)) return ambiguous;
  // A POST has to be JSON, which a browser sends to another origin only after a preflight.
  if (method === "GET" && isSentUnasked(headers)) return forged;
  const type = headers["content-type"];
  if (type === undefined ? method === "POST" : !isJsonInUtf8(type)) return unsupportedType;
  if (method === "POST" && codingOf(headers) === undefined) return unsupportedCoding;
  if (chooseAnswerType(headers.accept) === null) return notAcceptable;
  return Number(headers["content-length"] ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : null;
}

/** Headers of which Node.js keeps the first value. */
const ONCE = ["authorization", "content-type", "host"];

/** Whether one of these headers is repeated: a proxy may have checked the other value. */
function hasAmbiguousHeader(rawHeaders: readonly string[]): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]?.toLowerCase() ?? "";
    if (!ONCE.includes(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

/** The media types that a form of any page can post without a preflight (Fetch standard, "CORS-safelisted request-header"). */
const FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
/** Headers that a page can send to another origin only after a preflight. */
const PREFLIGHT_HEADERS = ["x-apollo-operation-name", "apollo-require-preflight"];
/** Authentication schemes whose credentials a browser sends by itself, even in requests of other origins' pages. */
const BROWSERS_OWN_SCHEMES = /^(basic|digest|negotiate|ntlm)\b/i;

/** Whether a browser would send this request for a page of any origin without a preflight. */
function isSentUnasked(headers: IncomingHttpHeaders): boolean {
  const type = headers["content-type"];
  if (type !== undefined && !FORM_TYPES.includes(readContentType(type).essence)) return false;
  const { authorization = "" } = headers;
  if (authorization !== "" && !BROWSERS_OWN_SCHEMES.test(authorization)) return false;
  return !PREFLIGHT_HEADERS.some((name) => headers[name] !== undefined && headers[name] !== "");
}

function isJsonInUtf8(header: string): boolean {
  const type = readContentType(header);
  return type.essence === "application/json" && isUtf8(type);
}

const ambiguous: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The headers authorization, content-type and host may be there once only.",
};
const forged: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message:
    "A browser sends such a request for any page without asking: send the header authorization or apollo-require-preflight, or use POST.",
};
const unsupportedCoding: HttpRejection = {
  status: 415,
  code: "UNSUPPORTED_MEDIA_TYPE",
  message: `The header content-encoding can be ${CODINGS.join(", ")}, or absent.`,
  // In a response it lists the codings that a request may have (RFC 9110, 12.5.3).
  headers: { "accept-encoding": CODINGS.join(", ") },
};
const notAcceptable: HttpRejection = {
  status: 406,
  code: "NOT_ACCEPTABLE",
  message:
    "Answers are application/json or application/graphql-response+json; the header accept allows neither.",
};
