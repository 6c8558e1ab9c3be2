// The responses to requests that never become GraphQL operations: lists of errors, which contain nothing of the request.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as events from "../observability/events.ts";
import { isGraphqlUrl } from "./graphql-url.ts";
import { chooseAnswerType } from "./media-types.ts";
import { answerThenDrop } from "./unread-bodies.ts";

/** Why a request never becomes an operation. */
export type HttpRejection = {
  status: number;
  /** A code from the gateway's closed list, for programs. */
  code: string;
  /** A sentence for the developer. */
  message: string;
  headers?: Readonly<Record<string, string>>;
  /** The limit that the request exceeds, for the operator. */
  limit?: string;
};

/** Sends the response to a rejected request, and reports it. */
export function sendRejection(
  request: FastifyRequest,
  reply: FastifyReply,
  rejection: HttpRejection,
): FastifyReply {
  const { status, code, limit } = rejection;
  // A client that disconnected before the end of its request gets no response.
  if (!request.raw.destroyed || request.raw.complete)
    events.requestRejected({ requestId: request.id, status, code, ...(limit !== undefined && { limit }) });
  return sendErrors(request, reply, rejection);
}

/** Sends errors in a media type that the caller accepts, else in JSON. */
export function sendErrors(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, headers = {}, ...error }: HttpRejection & { requestId?: string },
): FastifyReply {
  const type = chooseAnswerType(request.headers.accept) ?? "application/json";
  const text = toErrorsText(error);
  reply.code(status).headers(headers).type(`${type}; charset=utf-8`);
  if (request.raw.complete) return reply.send(text);
  return reply.header("content-length", Buffer.byteLength(text)).send(answerThenDrop(text, request.raw));
}

type ErrorText = { code: string; message: string; requestId?: string };

/** The response body for a rejected request. */
export function toErrorsText({ code, message, requestId }: ErrorText): string {
  return `${JSON.stringify({ errors: [{ message, extensions: { code, requestId } }] })}\n`;
}

/** Handles requests that Fastify rejects before any route. Fastify's own response would quote the URL. */
export function answerFrameworkError(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-request-id", request.id);
  void sendRejection(request, reply, unreadable);
}

/**
 * Registers the responses to what no route answers and to errors.
 *
 * @param notFound the rejection of a request without a route, whose path or method may be wrong
 */
export function registerHttpErrors(
  app: FastifyInstance,
  notFound: (request: FastifyRequest) => HttpRejection,
): void {
  app.setNotFoundHandler((request, reply) => sendRejection(request, reply, notFound(request)));
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status < 500) return sendRejection(request, reply, byStatus[status] ?? { ...unreadable, status });
    if (status === 503) return sendRejection(request, reply, stopping);
    events.bug({ requestId: request.id, error });
    return sendErrors(request, reply, { ...bug, requestId: request.id });
  });
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" ? status : 500;
}

/** The rejection of a request for which the public port has no route. */
export function notFoundInPublic({ url }: FastifyRequest): HttpRejection {
  return isGraphqlUrl(url) ? wrongMethod : nothingHere;
}

const unreadable = { status: 400, code: "BAD_REQUEST", message: "The request cannot be read." };
const nothingHere = {
  status: 404,
  code: "NOT_FOUND",
  message: "There is nothing here. The API is at /graphql.",
};
export const wrongMethod: HttpRejection = {
  status: 405,
  code: "METHOD_NOT_ALLOWED",
  message: "GraphQL is served with GET and POST.",
  headers: { allow: "GET, POST" },
};
const bug = { status: 500, code: "INTERNAL_SERVER_ERROR", message: "Internal server error" };
const stopping = { status: 503, code: "UNAVAILABLE", message: "The gateway is stopping. Try again." };

/** The rejection for a `content-type` that is not JSON in UTF-8. Fastify gives this status, too, for one that it cannot parse. */
export const unsupportedType = {
  status: 415,
  code: "UNSUPPORTED_MEDIA_TYPE",
  message: "Send the body as application/json, in UTF-8.",
  headers: { accept: "application/json" },
};

const byStatus: Readonly<Record<number, HttpRejection>> = { 415: unsupportedType };
