// CORS: which pages on other origins may read /graphql. Without a list none may, and nothing is said about it.
import type { FastifyInstance } from "fastify";

export type CorsOptions = {
  /** Exact origins, such as `https://inbox.example.com`. */
  corsOrigins: readonly string[];
};

const preflightAnswer = {
  "access-control-allow-methods": "GET, POST",
  "access-control-allow-headers": "authorization, content-type, x-request-id, apollo-require-preflight",
  // Chromium keeps it for two hours at most.
  "access-control-max-age": "7200",
};

/** Cookies play no part here, so there is no credentials mode: a page has to hold a key to get anywhere. */
export function registerCors(app: FastifyInstance, { corsOrigins }: CorsOptions): void {
  if (corsOrigins.length === 0) return;
  const allowed = new Set(corsOrigins);
  app.addHook("onRequest", (request, reply, done) => {
    if (!isGraphql(request.url)) {
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
    if (isAllowed) reply.headers(preflightAnswer);
    reply.code(204).send();
  });
}

function isGraphql(url: string): boolean {
  return url === "/graphql" || url.startsWith("/graphql?");
}
