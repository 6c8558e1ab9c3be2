// Requests that never become GraphQL operations: every answer is JSON with an `errors` array, and repeats nothing.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import * as events from "../observability/events.ts";

const answers: Record<number, { code: string; message: string }> = {
  400: { code: "BAD_REQUEST", message: "The request cannot be read: is its body JSON?" },
  404: { code: "NOT_FOUND", message: "There is nothing here. The API is at /graphql." },
  413: { code: "PAYLOAD_TOO_LARGE", message: "The body is too large." },
  415: { code: "UNSUPPORTED_MEDIA_TYPE", message: "Send the body as application/json." },
  431: { code: "HEADERS_TOO_LARGE", message: "The headers are too large." },
  503: { code: "UNAVAILABLE", message: "The gateway is stopping. Try again." },
};

/** What Fastify refuses before any route or hook: it would repeat the URL in its own words. */
export function answerFrameworkError(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.header("x-request-id", request.id);
  void send(reply, 400);
}

export function registerHttpErrors(app: FastifyInstance): void {
  app.setNotFoundHandler((_request, reply) => send(reply, 404));
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (status < 500) return send(reply, status);
    events.bug({ requestId: request.id, error });
    const extensions = { code: "INTERNAL_SERVER_ERROR", requestId: request.id };
    return reply.code(500).send({ errors: [{ message: "Internal server error", extensions }] });
  });
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && "statusCode" in error ? error.statusCode : 500;
  return typeof status === "number" ? status : 500;
}

function send(reply: FastifyReply, status: number): FastifyReply {
  const { code, message } = answers[status] ?? { code: "BAD_REQUEST", message: "The request is wrong." };
  return reply.code(status).send({ errors: [{ message, extensions: { code } }] });
}
