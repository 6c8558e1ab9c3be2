// Handles requests that Node.js rejects: the head is too large or too slow, or it is not HTTP. Where the connection still
// works, the response is a list of errors, as for every rejected request.
import { randomUUID } from "node:crypto";
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import * as events from "../observability/events.ts";
import { toErrorsText, type HttpRejection } from "./http-rejections.ts";
import { securityHeaders } from "./security-headers.ts";

/** Milliseconds that a client has to read the response. Whatever it sends meanwhile is dropped. */
const LINGER_MS = 2000;

/** Knows which connections have a response in progress. */
export class AnswersUnderWay {
  readonly #answers = new WeakMap<Socket, ServerResponse>();

  add(request: IncomingMessage, response: ServerResponse): void {
    this.#answers.set(request.socket, response);
  }

  /** The response in progress, if there is one. */
  of(socket: Socket): ServerResponse | undefined {
    const answer = this.#answers.get(socket);
    return answer?.closed === false ? answer : undefined;
  }
}

/**
 * Creates the handler of Node.js's event `clientError`. The event can come several times for one connection: the first one
 * ends the connection.
 *
 * @param answers the responses in progress
 * @param keepUnused keeps a connection on which nothing was sent yet; false where it must be closed
 */
export function createBrokenRequestHandler(
  answers: AnswersUnderWay,
  keepUnused: (socket: Socket) => boolean,
): (error: Error & { code?: string }, socket: Socket) => void {
  const ending = new WeakSet<ServerResponse>();
  return (error, socket) => {
    if (error.code === "ERR_HTTP_REQUEST_TIMEOUT" && keepUnused(socket)) return;
    const answer = answers.of(socket);
    if (error.code !== "ECONNRESET" && answer?.req.complete === true) {
      // The error is in what follows a whole request: the client would take the rejection for the response to that request.
      if (!ending.has(answer))
        answer.once("close", () => {
          socket.destroySoon();
        });
      ending.add(answer);
      return;
    }
    if (error.code === "ECONNRESET" || !socket.writable || answer?.headersSent === true) {
      socket.destroy();
      return;
    }
    const rejection = rejections[error.code ?? ""] ?? unreadable;
    const { status, code, limit } = rejection;
    const requestId = randomUUID();
    events.requestRejected({ requestId, status, code, ...(limit !== undefined && { limit }) });
    socket.end(toBytes(rejection, requestId));
    setTimeout(() => {
      socket.destroy();
    }, LINGER_MS).unref();
  };
}

function toBytes(rejection: HttpRejection, requestId: string): string {
  const { status } = rejection;
  const body = toErrorsText(rejection);
  const headers = {
    ...securityHeaders,
    "content-type": "application/json; charset=utf-8",
    "content-length": Buffer.byteLength(body),
    "x-request-id": requestId,
    connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`, ...lines, "", body].join("\r\n");
}

/** The largest head of a request, in bytes, with all headers. */
export const MAX_HEADER_BYTES = 16 * 1024;

const unreadable: HttpRejection = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The request is not valid HTTP/1.1.",
};
/** The rejections by the code of Node.js's error. */
const rejections: Readonly<Record<string, HttpRejection>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: "HEADERS_TOO_LARGE",
    message: `The headers are larger than ${MAX_HEADER_BYTES} bytes together.`,
    limit: `${MAX_HEADER_BYTES} bytes of headers`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: "PAYLOAD_TOO_LARGE",
    message: "The extensions of the body's chunks are too large.",
    limit: "16384 bytes of chunk extensions",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: "REQUEST_TIMEOUT",
    message: "The request took too long to arrive.",
  },
};
