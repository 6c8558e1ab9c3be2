// The admin port for metrics and probes, separate from callers. It is opened first and closed last.
import fastify from "fastify";
import { AnswersUnderWay, createBrokenRequestHandler } from "./broken-requests.ts";
import { answerFrameworkError, registerHttpErrors, type HttpRejection } from "./http-rejections.ts";
import { listen, type Address } from "./listen.ts";
import { registerProbes } from "./probes.ts";
import { readRequestId } from "./request-id.ts";
import { registerSecurityHeaders } from "./security-headers.ts";

/** Where the admin port listens. */
export interface AdminServer {
  /** The URL it listens on, such as `http://127.0.0.1:9464`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts the admin server. @param isReady whether the gateway accepts work @throws when it cannot listen */
export async function startAdminServer(address: Address, isReady: () => boolean): Promise<AdminServer> {
  const app = fastify({
    logger: false,
    genReqId: readRequestId,
    routerOptions: { ignoreTrailingSlash: true },
    forceCloseConnections: true,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: createBrokenRequestHandler(new AnswersUnderWay(), () => false),
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.header("x-request-id", request.id);
    done();
  });
  registerSecurityHeaders(app);
  registerHttpErrors(app, () => nothingHere);
  registerProbes(app, { isReady, hasMetrics: true });
  const url = await listen(app, address);
  return { url, close: () => app.close() };
}

const nothingHere: HttpRejection = {
  status: 404,
  code: "NOT_FOUND",
  message: "There is nothing here. The admin port answers GET for /metrics, /livez and /readyz.",
};
