// Responses that are sent before the whole request has arrived. If the connection closed at once, the client would get a
// reset and lose the response. So the rest of the request is read and dropped, up to a limit.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

/** The most that is read and dropped of one request, in bytes. */
const MAX_DROPPED_BYTES = 10 * 1024 * 1024;
/** Milliseconds for which a request is read and dropped. */
const MAX_DROPPING_MS = 5000;

/**
 * A response body that is sent at once, but ends only when the client has sent its request. Where the request exceeds the
 * limits, the connection is closed.
 *
 * @param text the whole body; the response needs a `content-length`, so that the client does not wait for the end
 */
export function answerThenDrop(text: string, request: IncomingMessage): Readable {
  const answer = new Readable({ read: () => undefined });
  answer.push(text);
  const finish = () => {
    answer.push(null);
  };
  const giveUp = () => {
    request.off("data", drop);
    answer.once("close", () => {
      request.socket.destroySoon();
    });
    finish();
  };
  let left = MAX_DROPPED_BYTES;
  const drop = (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) giveUp();
  };
  const timer = setTimeout(giveUp, MAX_DROPPING_MS);
  answer.once("close", () => {
    clearTimeout(timer);
  });
  request.on("data", drop);
  request.once("end", finish);
  request.once("close", finish);
  return answer;
}
