// /graphql: from an HTTP request to Apollo and back, within one deadline.
import type { ApolloServer } from "@apollo/server";
import { createOverloadGuard } from "./overload.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Admit } from "../graphql/admission/admission.ts";
import { createContext, type Context } from "../graphql/context.ts";
import type { LoaderParts } from "../loaders/participant-loader.ts";
import * as events from "../observability/events.ts";
import { startDeadline } from "../operation/operation.ts";
import type { Authenticate } from "../auth/caller.ts";
import { readOperation, toHttpGraphqlRequest } from "./graphql-request.ts";
import { createRouterCheck } from "../graphql/admission/router-secret.ts";

export type GraphqlRouteOptions = {
  apollo: ApolloServer<Context>;
  loaderParts: LoaderParts;
  /** Milliseconds one operation may take, all its calls to Bird together. */
  deadlineMs: number;
  /** Secrets of the routers in front of this gateway. */
  routerSecrets: readonly string[];
  /** Upstream calls one operation may cause. */
  callsPerOperation: number;
  authenticate: Authenticate;
  admit: Admit;
};

export function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): void {
  const isRouter = createRouterCheck(options.routerSecrets);
  const guard = createOverloadGuard();
  app.addHook("onClose", (_app, done) => {
    guard.close();
    done();
  });
  app.all("/graphql", { onRequest: guard.onRequest }, (request, reply) =>
    answer(request, reply, { ...options, isRouter }),
  );
}

/** What Apollo gets in place of an operation that is refused: it still checks and words everything else. */
const REFUSED = "{ __typename }";

async function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  options: GraphqlRouteOptions & { isRouter: ReturnType<typeof createRouterCheck> },
): Promise<unknown> {
  const begin = performance.now();
  const deadline = startDeadline(options.deadlineMs, options.callsPerOperation);
  // Apollo goes on resolving after the client has left; what it waits for need not.
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) deadline.cancel();
  });
  const operation = readOperation(request);
  const { text, refusal } = options.admit(operation, request.id);
  const caller = await options.authenticate(request.headers.authorization);
  const routerAuthorization = request.headers["router-authorization"];
  const fromRouter = typeof routerAuthorization === "string" && options.isRouter(routerAuthorization);
  const context = createContext(options.loaderParts, {
    caller,
    fromRouter,
    requestId: request.id,
    deadline,
    refusal,
  });
  const response = await options.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toHttpGraphqlRequest(request, refusal === null ? text : REFUSED),
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
