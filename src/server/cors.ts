// CORS: which pages on other origins may read /graphql. Without a list none may, and nothing is said about it.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { isGraphqlUrl } from "./graphql-url.ts";

export type CorsOptions = {
  /** Exact origins, such as `https://inbox.example.com`. */
  corsOrigins: readonly string[];
};

const preflightAnswer = {
  "access-control-allow-methods": "GET, POST",
  // Chromium keeps it for two hours at most.
  "access-control-max-age": "7200",
};

/** Cookies play no part here, so there is no credentials mode: a page has to hold a key to get anywhere. */
export function registerCors(app: FastifyInstance, { corsOrigins }: CorsOptions): void {
  if (corsOrigins.length === 0) return;
  const allowed = new Set(corsOrigins);
  app.addHook("onRequest", (request, reply, done) => {
    if (!isGraphqlUrl(request.url)) {
      done();
      return;
    }
    // Also where the origin is not allowed, so that a cache does not give one origin's answer to another.
    reply.header("vary", "Origin");
    const { origin } = request.headers;
    const isAllowed = origin !== undefined && allowed.has(origin);
    if (isAllowed) {
      reply.header("access-control-allow-origin", origin);
      reply.header("access-control-expose-headers", "x-request-id, retry-after");
    }
    const isPreflight = request.headers["access-control-request-method"] !== undefined;
    if (request.method !== "OPTIONS" || !isPreflight) {
      done();
      return;
    }
    reply.header("vary", "Origin, Access-Control-Request-Headers");
    if (isAllowed) reply.headers(preflightAnswer).headers(allowedHeaders(request));
    reply.code(204).send();
  });
}

/**
 * Any header: tracing, error tracking and client libraries add their own to every request. The page gains nothing by it,
 * since the gateway reads few headers and none of them proves who calls without a key.
 */
function allowedHeaders({ headers }: FastifyRequest): Record<string, string> {
  const asked = headers["access-control-request-headers"];
  return asked === undefined ? {} : { "access-control-allow-headers": asked };
}
