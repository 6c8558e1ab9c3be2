// Rejects the requests that Node.js would reject by itself, with an empty response and without a log line.
import type { FastifyInstance } from "fastify";
import { sendRejection, type HttpRejection } from "./http-rejections.ts";

/** Registers the checks of `Host` and `Expect`. */
export function registerNodeRejections(app: FastifyInstance): void {
  // Node.js emits this event instead of `request` where `Expect` is not `100-continue`.
  app.server.on("checkExpectation", (request, response) => app.server.emit("request", request, response));
  app.addHook("onRequest", (request, reply, done) => {
    const { host, expect } = request.headers;
    if (host === undefined && request.raw.httpVersion === "1.1") sendRejection(request, reply, noHost);
    else if (expect !== undefined && !CONTINUE.test(expect))
      sendRejection(request, reply, unknownExpectation);
    else done();
  });
}

/** As Node.js tests it. */
const CONTINUE = /(?:^|\W)100-continue(?:$|\W)/i;

/** RFC 9112, 3.2. */
const noHost: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The header host is missing, which HTTP/1.1 requires.",
  headers: { connection: "close" },
};
/** RFC 9110, 10.1.1. */
const unknownExpectation: HttpRejection = {
  status: 417,
  code: "EXPECTATION_FAILED",
  message: "The header expect can be 100-continue, or absent.",
  headers: { connection: "close" },
};
