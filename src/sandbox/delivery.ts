// Puts a reply on the wire.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from "node:http";
import type { HttpResponse, Reply } from "./reply.ts";

/** Sends the reply after its delay. `onSent` gets the status just before the caller can see it. */
export async function deliver(
  reply: Reply,
  request: IncomingMessage,
  response: ServerResponse,
  onSent: (status: number) => void,
): Promise<void> {
  // An unread body must flow, or Node would not notice that the connection ended.
  request.resume();
  if (reply.delayMs !== undefined && reply.delayMs > 0) await pause(reply.delayMs, response);
  if (response.destroyed) return;
  if (reply.kind === "reset") request.socket.resetAndDestroy();
  if (reply.kind === "close") request.socket.end();
  if (reply.kind !== "response") return;
  onSent(reply.status);
  if (reply.isContinued === true) response.writeContinue();
  send(reply, response);
  if (reply.isSentTwice === true) sendAgain(reply, response);
}

/** Milliseconds after a response at which it is sent again: late enough to meet the next request on its connection. */
const SECOND_RESPONSE_MS = 4;

/** Sends the same response once more, as HTTP forbids it. */
function sendAgain({ status, headers, body }: HttpResponse, response: ServerResponse): void {
  const { socket } = response;
  const lines = Object.entries({ ...headers, "content-length": String(Buffer.byteLength(body)) }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const head = Buffer.from(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${lines.join("")}\r\n`);
  response.once("finish", () => {
    setTimeout(() => {
      if (socket?.destroyed === false) socket.write(Buffer.concat([head, Buffer.from(body)]));
    }, SECOND_RESPONSE_MS);
  });
}

function send({ status, headers, body }: HttpResponse, response: ServerResponse): void {
  if (status === 204 || status === 304) {
    // These two have no content, and so no length (RFC 9110, 15.3.5 and 15.4.5).
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}

/** Ends early when the caller closes the connection. */
function pause(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
