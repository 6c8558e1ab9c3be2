// /graphql: from an HTTP request to the door for operations, and back.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Execute } from "../graphql/execute.ts";
import { chooseMediaType, readGraphqlRequest, type BadRequest } from "./graphql-request.ts";
import { createOverloadGuard } from "./overload.ts";

export type GraphqlRouteOptions = { execute: Execute };

export function registerGraphqlRoute(app: FastifyInstance, { execute }: GraphqlRouteOptions): void {
  const guard = createOverloadGuard();
  app.addHook("onClose", (_app, done) => {
    guard.close();
    done();
  });
  app.all("/graphql", { onRequest: guard.onRequest }, (request, reply) => answer(request, reply, execute));
}

async function answer(request: FastifyRequest, reply: FastifyReply, execute: Execute): Promise<unknown> {
  const mediaType = chooseMediaType(request);
  reply.type(`${mediaType ?? "application/json"}; charset=utf-8`);
  const read = readGraphqlRequest(request);
  if (!read.ok) return reject(reply, read.failure);
  if (mediaType === null) return reject(reply, notAcceptable);
  const { status, headers, body } = await execute({
    request: read.value,
    headers: request.headers,
    requestId: request.id,
    queriesOnly: request.method === "GET",
    onLeave: (left) => {
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) left();
      });
    },
  });
  for (const [name, value] of headers) reply.header(name, value);
  return reply.code(status).send(body);
}

const notAcceptable = {
  status: 406,
  message:
    "Answers are application/json or application/graphql-response+json; the header accept allows neither.",
};

function reject(reply: FastifyReply, { status, message, headers = {} }: BadRequest): FastifyReply {
  const errors = [{ message, extensions: { code: "BAD_REQUEST" } }];
  return reply.code(status).headers(headers).send(JSON.stringify({ errors }));
}
