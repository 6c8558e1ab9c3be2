// /graphql: from an HTTP request to Apollo and back, within one deadline.
import { HeaderMap, type ApolloServer, type HTTPGraphQLRequest } from "@apollo/server";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { createContext, type Context } from "../graphql/context.ts";
import type { LoaderParts } from "../loaders/participant-loader.ts";
import * as events from "../observability/events.ts";
import { startDeadline } from "../transport/deadline.ts";
import { readCaller } from "./caller.ts";
import { createRouterCheck } from "./router-secret.ts";

export type GraphqlRouteOptions = {
  apollo: ApolloServer<Context>;
  loaderParts: LoaderParts;
  /** Milliseconds one operation may take, all its calls to Bird together. */
  deadlineMs: number;
  /** Secrets of the routers in front of this gateway. */
  routerSecrets: readonly string[];
};

export function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const isRouter = createRouterCheck(options.routerSecrets);
  app.all("/graphql", (request, reply) => answer(request, reply, { ...options, isRouter }));
}

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  options: GraphqlRouteOptions & { isRouter: ReturnType<typeof createRouterCheck> },
): Promise<unknown> {
  const begin = performance.now();
  const deadline = startDeadline(options.deadlineMs);
  // Apollo goes on resolving after the client has left; what it waits for need not.
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) deadline.cancel();
  });
  const caller = readCaller(request.headers.authorization);
  const routerAuthorization = request.headers["router-authorization"];
  const fromRouter = typeof routerAuthorization === "string" && options.isRouter(routerAuthorization);
  const context = createContext(options.loaderParts, { caller, fromRouter, requestId: request.id, deadline });
  const response = await options.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toHttpGraphqlRequest(request),
    context: () => Promise.resolve(context),
  });
  deadline.release();
  for (const [name, value] of response.headers) reply.header(name, value);
  const status = response.status ?? 200;
  events.requestAnswered({
    requestId: request.id,
    status,
    results: context.results,
    durationMs: Math.round(performance.now() - begin),
  });
  // graphql-js 16 has no incremental delivery, so there is one body.
  const body = response.body.kind === "complete" ? response.body.string : "";
  return reply.code(status).send(body);
}

function toHttpGraphqlRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    // "Anything" is what no header says, too, and costs Apollo a twentieth of the request to find out.
    if (name === "accept" && value === "*/*") continue;
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(", ") : value);
  }
  const query = request.url.indexOf("?");
  return {
    method: request.method,
    headers,
    search: query === -1 ? "" : request.url.slice(query),
    body: request.body,
  };
}
