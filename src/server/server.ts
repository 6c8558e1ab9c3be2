// The HTTP server: its routes, and how it starts and stops.
import fastify from "fastify";
import * as events from "../observability/events.ts";
import { registerCors, type CorsOptions } from "./cors.ts";
import { registerGraphiqlRoute, type GraphiqlRouteOptions } from "./graphiql-route.ts";
import { registerGraphqlRoute, type GraphqlRouteOptions } from "./graphql-route.ts";
import { answerFrameworkError, registerHttpErrors } from "./http-rejections.ts";
import { AnswersUnderWay, createBrokenRequestHandler, MAX_HEADER_BYTES } from "./broken-requests.ts";
import { readRequestId } from "./request-id.ts";
import { registerSecurityHeaders } from "./security-headers.ts";

/** A client that sends its headers, or its whole request, slower than this only holds a connection. */
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 15_000;

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Takes no more work, finishes what it has, then resolves. */
  close(): Promise<void>;
}

export type ServerOptions = GraphqlRouteOptions &
  GraphiqlRouteOptions &
  CorsOptions & {
    host: string;
    port: number;
    /** Milliseconds one operation may take: a stopping server waits little longer. */
    deadlineMs: number;
  };

export async function startServer(options: ServerOptions): Promise<Server> {
  const answersUnderWay = new AnswersUnderWay();
  const app = fastify({
    logger: false,
    genReqId: readRequestId,
    routerOptions: { ignoreTrailingSlash: true },
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // Node looks for slow clients only every 30 s unless told otherwise.
      connectionsCheckingInterval: 1000,
    },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: createBrokenRequestHandler(answersUnderWay),
  });
  let ready = false;
  let stopping = false;
  // The routes read the bodies they want: Fastify would decode them without looking whether they are UTF-8.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _body, done) => {
    done(null);
  });
  app.addHook("onRequest", (request, reply, done) => {
    answersUnderWay.add(request.raw, reply.raw);
    reply.header("x-request-id", request.id);
    done();
  });
  registerSecurityHeaders(app);
  // A connection that stays open after its answer would keep a stopping server from ending.
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (stopping) reply.header("connection", "close");
    done(null, payload);
  });
  registerHttpErrors(app);
  registerCors(app, options);
  registerGraphqlRoute(app, options);
  registerGraphiqlRoute(app, options);
  app.get("/livez", () => ({ status: "alive" }));
  app.get("/readyz", (_request, reply) =>
    ready ? reply.send({ status: "ready" }) : reply.code(503).send({ status: "not ready" }),
  );
  app.get("/metrics", async (_request, reply) =>
    reply.type(events.metrics.contentType).send(await events.metrics.text()),
  );
  const url = await app.listen({ host: options.host, port: options.port });
  ready = true;
  return {
    url,
    close: async () => {
      ready = false;
      stopping = true;
      // No operation outlives its deadline, but a client may never read its answer.
      const patience = setTimeout(() => {
        app.server.closeAllConnections();
      }, options.deadlineMs + 1000);
      await app.close();
      clearTimeout(patience);
    },
  };
}
