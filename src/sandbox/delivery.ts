// Puts a reply on the wire.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, Reply } from "./reply.ts";

/** Sends the reply when it is due. `onSent` is told the status just before the caller can see it. */
export async function deliver(
  reply: Reply,
  request: IncomingMessage,
  response: ServerResponse,
  onSent: (status: number) => void,
): Promise<void> {
  // A body that nobody reads must flow all the same, or the end of the connection would go unnoticed.
  request.resume();
  if (reply.delayMs !== undefined && reply.delayMs > 0) await pause(reply.delayMs, response);
  if (response.destroyed) return;
  if (reply.kind === "reset") request.socket.resetAndDestroy();
  if (reply.kind !== "answer") return;
  onSent(reply.status);
  send(reply, response);
}

function send({ status, headers, body }: Answer, response: ServerResponse): void {
  if (status === 204 || status === 304) {
    // These have no content by definition, and so no length.
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) }).end(body);
}

/** Ends early when the caller gives up. */
function pause(ms: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    response.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
