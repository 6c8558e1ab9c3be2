// CORS: allows pages of the configured origins to call /graphql. Without origins, no CORS headers are sent.
import type { FastifyInstance, FastifyRequest } from "fastify";

export type CorsOptions = {
  /** Exact origins, such as `https://inbox.example.com`. */
  corsOrigins: readonly string[];
};

const preflightAnswer = {
  "access-control-allow-methods": "GET, POST",
  // Two hours, the maximum in Chromium.
  "access-control-max-age": "7200",
};

/** Credentials are not allowed, because the gateway uses no cookies: a page has to send a key. */
export function registerCors(app: FastifyInstance, { corsOrigins }: CorsOptions): void {
  if (corsOrigins.length === 0) return;
  const allowed = new Set(corsOrigins);
  app.addHook("onRequest", (request, reply, done) => {
    if (!isForPages(request)) {
      done();
      return;
    }
    // Also where the origin is not allowed, so that a cache does not reuse the response for another origin.
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
 * Whether pages may read the response. The route is compared and not the URL, which clients and proxies spell in several
 * ways. Pages may also read that a path does not exist: a browser would report that as a CORS error.
 */
function isForPages({ is404, routeOptions }: FastifyRequest): boolean {
  return is404 || routeOptions.url === "/graphql";
}

/**
 * Allows any header, because tracing, error tracking and client libraries add their own. This is safe: without a key, no
 * header gives a page any rights.
 */
function allowedHeaders({ headers }: FastifyRequest): Record<string, string> {
  const asked = headers["access-control-request-headers"];
  return asked === undefined ? {} : { "access-control-allow-headers": asked };
}
