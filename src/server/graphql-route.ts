// Serves /graphql: passes an HTTP request to `execute` and sends its response.
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Execute, ExecuteInput } from "../graphql/execute.ts";
import { ArrivingBodies } from "./arriving-bodies.ts";
import { readGraphqlRequest } from "./graphql-request.ts";
import { sendRejection } from "./http-rejections.ts";
import { chooseAnswerType, prefersHtml } from "./media-types.ts";
import type { Connections } from "./connections.ts";
import type { InFlight } from "./in-flight.ts";
import { createOverloadGuard, sendOverloaded, type OverloadGuard } from "./overload.ts";
import type { BodyLimits } from "./request-body.ts";
import { checkHead } from "./request-head.ts";

export type GraphqlRouteOptions = {
  execute: Execute;
  /** Null where the page is off: then no browser is redirected to it. */
  graphiql: object | null;
  /** Whether a request carries the secret of a router. */
  isRouter: (routerAuthorization: string | undefined) => boolean;
  /** The largest number of entities that a router may request in one operation. */
  maxRepresentations: number;
};

/** The largest body, in bytes, compressed and decompressed. */
const MAX_BODY_BYTES = 100 * 1024;
/** Additional bytes of a router's body for each entity: two UUIDs, an identifier of usual length, and field names. */
const BYTES_PER_REPRESENTATION = 1024;

/** Registers /graphql. @param connections learns which of them have an operation in flight */
export function registerGraphqlRoute(
  app: FastifyInstance,
  { connections, inFlight }: { connections: Connections; inFlight: InFlight },
  { execute, graphiql, isRouter, maxRepresentations }: GraphqlRouteOptions,
): void {
  const guard = createOverloadGuard(inFlight);
  const arriving = new ArrivingBodies();
  app.addHook("onClose", (_app, done) => {
    guard.close();
    done();
  });
  const maxBodyBytesOf = ({ headers }: FastifyRequest) => {
    const { "router-authorization": secret } = headers;
    const fromRouter = typeof secret === "string" && isRouter(secret);
    return MAX_BODY_BYTES + (fromRouter ? maxRepresentations * BYTES_PER_REPRESENTATION : 0);
  };
  const rejectByHead = (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    const rejection = checkHead(request, maxBodyBytesOf(request));
    if (rejection === null) done();
    // A person has opened the URL of the API in a browser.
    else if (graphiql !== null && request.method === "GET" && prefersHtml(request.headers.accept))
      reply.redirect("/graphiql", 303);
    else sendRejection(request, reply, rejection);
  };
  app.all("/graphql", { onRequest: [guard.onRequest, rejectByHead] }, (request, reply) =>
    answer(request, reply, {
      execute,
      guard,
      connections,
      bodyLimits: { maxBytes: maxBodyBytesOf(request), arriving },
    }),
  );
}

type Parts = { execute: Execute; guard: OverloadGuard; connections: Connections; bodyLimits: BodyLimits };

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  { execute, guard, connections, bodyLimits }: Parts,
): Promise<unknown> {
  const read = await readGraphqlRequest(request, bodyLimits);
  if (!read.ok) return sendRejection(request, reply, read.failure);
  const type = chooseAnswerType(request.headers.accept) ?? "application/json";
  const input: ExecuteInput = {
    request: read.value,
    headers: request.headers,
    requestId: request.id,
    callerAddress: request.socket.remoteAddress ?? null,
    answersJson: type === "application/json",
    queriesOnly: request.method === "GET",
    onLeave: (left) => {
      // The caller may have left while its body was decompressed.
      if (reply.raw.closed) left();
      reply.raw.once("close", () => {
        if (!reply.raw.writableFinished) left();
      });
    },
  };
  connections.markBusy(request.raw.socket);
  const running = guard.run(() => execute(input));
  if (running === null) return sendOverloaded(request, reply);
  const { status, headers, body } = await running;
  for (const [name, value] of headers) reply.header(name, value);
  return reply.code(status).type(`${type}; charset=utf-8`).send(body);
}
