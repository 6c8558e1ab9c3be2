// Answers given before the request has arrived whole. A connection that closes at once would lose them: the client still
// sends, its system sees a reset, and what it has not read yet is gone. So the rest is read and dropped, up to a bound.
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";

const MAX_DROPPED_BYTES = 10 * 1024 * 1024;
const MAX_DROPPING_MS = 5000;

/**
 * A body for the answer, whole at once, whose end waits until the client has sent its request. Beyond the bounds the
 * connection is closed.
 *
 * @param text the whole body; the answer needs its `content-length`, so that the client need not wait for the end
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
