// What can be known of a GraphQL request before its body is read: whether it is rejected without regard to the body.
import type { IncomingHttpHeaders } from "node:http";
import type { FastifyRequest } from "fastify";
import { unsupportedType, wrongMethod, type HttpRejection } from "./http-rejections.ts";
import { chooseAnswerType, isUtf8, readContentType } from "./media-types.ts";
import { CODINGS, codingOf, tooLarge } from "./request-body.ts";

/**
 * @param maxBodyBytes how large a body may be
 * @returns why the request is rejected, or null
 */
export function checkHead({ method, headers }: FastifyRequest, maxBodyBytes: number): HttpRejection | null {
  if (method !== "GET" && method !== "POST") return wrongMethod;
  // A POST has to be JSON, which no browser sends unasked.
  if (method === "GET" && isSentUnasked(headers)) return forged;
  const type = headers["content-type"];
  if (type === undefined ? method === "POST" : !isJsonInUtf8(type)) return unsupportedType;
  if (method === "POST" && codingOf(headers) === undefined) return unsupportedCoding;
  if (chooseAnswerType(headers.accept) === null) return notAcceptable;
  return Number(headers["content-length"] ?? 0) > maxBodyBytes ? tooLarge(maxBodyBytes) : null;
}

/** The media types that a form of any page can post without a preflight (Fetch standard, "CORS-safelisted request-header"). */
const FORM_TYPES = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];
/** No page can send one of these to another origin without a preflight. */
const PREFLIGHT_HEADERS = ["x-apollo-operation-name", "apollo-require-preflight"];
/** Schemes whose credentials a browser keeps and sends by itself, for any page that links here. */
const BROWSERS_OWN_SCHEMES = /^(basic|digest|negotiate|ntlm)\b/i;

/** Whether a browser would send such a request for a page of any origin, without asking the gateway first. */
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
  // RFC 9110, 12.5.3: what a request may be coded in.
  headers: { "accept-encoding": CODINGS.join(", ") },
};
const notAcceptable: HttpRejection = {
  status: 406,
  code: "NOT_ACCEPTABLE",
  message:
    "Answers are application/json or application/graphql-response+json; the header accept allows neither.",
};
