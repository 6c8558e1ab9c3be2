// Puts a reply on the wire.
import type { IncomingMessage, ServerResponse } from "node:http";
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
  if (reply.kind !== "response") return;
  onSent(reply.status);
  send(reply, response);
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
