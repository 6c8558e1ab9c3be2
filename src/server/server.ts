// The HTTP server: its routes, and how it starts and stops.
import fastify, { type FastifyInstance } from "fastify";
import { timers } from "../operation/timers.ts";
import { Connections } from "./connections.ts";
import { registerCors, type CorsOptions } from "./cors.ts";
import { registerGraphiqlRoute, type GraphiqlRouteOptions } from "./graphiql-route.ts";
import { registerGraphqlRoute, type GraphqlRouteOptions } from "./graphql-route.ts";
import { answerFrameworkError, notFoundInPublic, registerHttpErrors } from "./http-rejections.ts";
import { AnswersUnderWay, createBrokenRequestHandler, MAX_HEADER_BYTES } from "./broken-requests.ts";
import { InFlight } from "./in-flight.ts";
import { listen } from "./listen.ts";
import { registerNodeRejections } from "./node-rejections.ts";
import { registerProbes } from "./probes.ts";
import { readRequestId } from "./request-id.ts";
import { registerSecurityHeaders } from "./security-headers.ts";
import { UnusedConnections } from "./unused-connections.ts";
import { WaitingAnswers } from "./waiting-answers.ts";

/** Milliseconds that a client has to send its headers, so that slow clients cannot hold connections. */
const HEADERS_TIMEOUT_MS = 5000;
/** Milliseconds that a client has to send a whole request. */
const REQUEST_TIMEOUT_MS = 15_000;
/** Milliseconds that a stopping server waits for responses to be written, after the deadline of the last operation. */
const LAST_ANSWERS_MS = 1000;
/** Milliseconds between the sweeps in which a stopping server closes idle and unused connections. */
const SWEEP_MS = 50;

export interface Server {
  /** The URL it listens on, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Whether it accepts work. */
  isReady(): boolean;
  /** Reports not ready, stops accepting work after the drain, finishes the operations in flight, then resolves. */
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
    /** Milliseconds for which a stopping server still accepts work, so that load balancers can react. */
    drainMs: number;
    /** Milliseconds that one operation may take. A stopping server waits only a little longer. */
    deadlineMs: number;
  };

/** Starts the public server. @throws when it cannot listen */
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
  registerNodeRejections(app);
  registerSecurityHeaders(app);
  // Close each connection after its response: an open one would keep a stopping server alive.
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (stopping) reply.header("connection", "close");
    done(null, payload);
  });
  registerHttpErrors(app, notFoundInPublic);
  registerCors(app, options);
  registerGraphqlRoute(app, { connections, inFlight }, options);
  registerGraphiqlRoute(app, options);
  registerProbes(app, { isReady: () => ready, hasMetrics });
  registerWaitingAnswers(app, connections);
  const url = await listen(app, { host, port });
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

/** Accepts work during the drain, then finishes the operations in flight. */
async function stop(
  app: FastifyInstance,
  { inFlight, connections }: { inFlight: InFlight; connections: Connections },
  { drainMs, deadlineMs }: Pick<ServerOptions, "drainMs" | "deadlineMs">,
): Promise<void> {
  await new Promise<void>((resolve) => timers.schedule(drainMs, resolve));
  const closed = app.close();
  // Closing the server only closes connections that are idle at that moment, so close others as they become idle.
  const sweep = setInterval(() => {
    app.server.closeIdleConnections();
    connections.closeUnused();
  }, SWEEP_MS);
  // Operations end soon after their deadline, but a client may never read its response, so the wait is limited.
  await endWithin(deadlineMs + LAST_ANSWERS_MS, Promise.all([closed, inFlight.idle()]));
  clearInterval(sweep);
  app.server.closeAllConnections();
  await closed;
}

/** Waits for a promise, but not longer than `ms` milliseconds. */
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
    // Clients often join a base URL and a path with one slash too many.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_TIMEOUT_MS,
      // By default, Node.js looks for slow clients only every 30 s.
      connectionsCheckingInterval: 1000,
      // A hook checks it: Node.js would send an empty response, and nothing would be logged.
      requireHostHeader: false,
    },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: onBrokenRequest,
  });
  // The routes read bodies themselves, because Fastify does not check that they are UTF-8.
  app.removeAllContentTypeParsers();
  app.addHttpMethod("POST", { hasBody: false, overrideExisting: true });
  return app;
}

/** It has to be registered last, so that its hook gets the final response. */
function registerWaitingAnswers(app: FastifyInstance, connections: Connections): void {
  const waitingAnswers = new WaitingAnswers();
  app.addHook("onSend", (request, reply, payload, done) => {
    connections.markIdle(request.raw.socket);
    if (typeof payload !== "string") {
      done(null, payload);
      return;
    }
    const body = Buffer.from(payload);
    // Fastify does not know the length of a stream.
    reply.header("content-length", body.length);
    done(null, waitingAnswers.add(reply.raw, body));
  });
}
