// The HTTP server: its routes, and how it starts and stops.
import fastify, { type FastifyInstance } from "fastify";
import { timers } from "../operation/timers.ts";
import { Connections } from "./connections.ts";
import { registerCors, type CorsOptions } from "./cors.ts";
import { registerGraphiqlRoute, type GraphiqlRouteOptions } from "./graphiql-route.ts";
import { registerGraphqlRoute, type GraphqlRouteOptions } from "./graphql-route.ts";
import { answerFrameworkError, registerHttpErrors } from "./http-rejections.ts";
import { AnswersUnderWay, createBrokenRequestHandler, MAX_HEADER_BYTES } from "./broken-requests.ts";
import { InFlight } from "./in-flight.ts";
import { registerProbes } from "./probes.ts";
import { readRequestId } from "./request-id.ts";
import { registerSecurityHeaders } from "./security-headers.ts";
import { UnusedConnections } from "./unused-connections.ts";
import { WaitingAnswers } from "./waiting-answers.ts";

/** A client that sends its headers, or its whole request, slower than this only holds a connection. */
const HEADERS_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How long a stopping server waits for answers to be written, beyond the deadline of the last operation. */
const LAST_ANSWERS_MS = 1000;
/** How often a stopping server closes the connections that have become idle or were never used. */
const SWEEP_MS = 50;

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Whether it takes work. */
  isReady(): boolean;
  /** Says that it is not ready, and after the drain takes no more work, finishes what it has, then resolves. */
  close(): Promise<void>;
}

export type ServerOptions = GraphqlRouteOptions &
  GraphiqlRouteOptions &
  CorsOptions & {
    host: string;
    port: number;
    /** How many connections callers may have together. */
    maxConnections: number;
    /** Whether /metrics is served here. */
    hasMetrics: boolean;
    /** Milliseconds for which a stopping server still serves everything, so that load balancers notice. */
    drainMs: number;
    /** Milliseconds one operation may take: a stopping server then waits little longer. */
    deadlineMs: number;
  };

export async function startServer(options: ServerOptions): Promise<Server> {
  const { host, port, hasMetrics } = options;
  const answersUnderWay = new AnswersUnderWay();
  const app = createApp((...error) => {
    handleBrokenRequest(...error);
  });
  const unused = new UnusedConnections(app.server);
  const handleBrokenRequest = createBrokenRequestHandler(answersUnderWay, (socket) => unused.keep(socket));
  const connections = new Connections(app.server, options.maxConnections);
  const inFlight = new InFlight();
  let ready = false;
  let stopping = false;
  app.addHook("onRequest", (request, reply, done) => {
    unused.use(request.raw.socket);
    connections.takeTurn(request.raw.socket, reply.raw, done);
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
  registerGraphqlRoute(app, { connections, inFlight }, options);
  registerGraphiqlRoute(app, options);
  registerProbes(app, { isReady: () => ready, hasMetrics });
  registerWaitingAnswers(app, connections);
  const url = await app.listen({ host, port });
  ready = true;
  return {
    url,
    isReady: () => ready,
    close: async () => {
      ready = false;
      stopping = true;
      await stop(app, { inFlight, connections }, options);
    },
  };
}

/** Serves everything for the drain's time, then finishes what is in flight. */
async function stop(
  app: FastifyInstance,
  { inFlight, connections }: { inFlight: InFlight; connections: Connections },
  { drainMs, deadlineMs }: Pick<ServerOptions, "drainMs" | "deadlineMs">,
): Promise<void> {
  await new Promise<void>((resolve) => timers.schedule(drainMs, resolve));
  const closed = app.close();
  // Closing the server closes the connections that are idle at that moment, and none that are a moment later.
  const sweep = setInterval(() => {
    app.server.closeIdleConnections();
    connections.closeUnused();
  }, SWEEP_MS);
  // No operation outlives its deadline by much, but a client may never read its answer.
  await endWithin(deadlineMs + LAST_ANSWERS_MS, Promise.all([closed, inFlight.idle()]));
  clearInterval(sweep);
  app.server.closeAllConnections();
  await closed;
}

/** Waits for something, but not longer than so many milliseconds. */
function endWithin(ms: number, something: Promise<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = timers.schedule(ms, resolve);
    something
      .finally(() => {
        timers.cancel(timer);
      })
      .then(() => {
        resolve();
      }, reject);
  });
}

function createApp(onBrokenRequest: ReturnType<typeof createBrokenRequestHandler>) {
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
    clientErrorHandler: onBrokenRequest,
  });
  // The routes read the bodies they want: Fastify would decode them without looking whether they are UTF-8.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _body, done) => {
    done(null);
  });
  return app;
}

/** Has to come last: what its hook gets is what will be written. */
function registerWaitingAnswers(app: FastifyInstance, connections: Connections): void {
  const waitingAnswers = new WaitingAnswers();
  app.addHook("onSend", (request, reply, payload, done) => {
    connections.markIdle(request.raw.socket);
    if (typeof payload !== "string") {
      done(null, payload);
      return;
    }
    const body = Buffer.from(payload);
    // Fastify does not know the length of what is written slice by slice.
    reply.header("content-length", body.length);
    done(null, waitingAnswers.add(reply.raw, body));
  });
}
