// The things that can happen to a request.
import { gzipSync } from "node:zlib";
import type { Step } from "./scripted-upstream.ts";

/** Answers as HTTP wants it: with a length, keeping the connection. */
export function answer(
  status: number,
  body: string | Buffer = "",
  headers: Record<string, string> = {},
): Step {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ ...headers, "content-length": String(bytes.length) }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = `HTTP/1.1 ${status} X\r\n${lines.join("\r\n")}\r\n\r\n`;
  return (socket) => socket.write(Buffer.concat([Buffer.from(head), bytes]));
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Step {
  return answer(status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

export function html(status: number, headers: Record<string, string> = {}): Step {
  return answer(status, "<!doctype html><title>proxy</title>", { "content-type": "text/html", ...headers });
}

/** Exactly these bytes, and then nothing. */
export function bytes(text: string): Step {
  return (socket) => socket.write(text);
}

export const reset: Step = (socket) => socket.resetAndDestroy();

export const hang: Step = () => undefined;

/** Half of what was promised, then the connection closes. */
export const cutOff: Step = (socket) => {
  socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"id":');
};

/** A byte now and then, for ever. */
export const trickle: Step = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
  const timer = setInterval(() => socket.write(" "), 20);
  socket.on("close", () => {
    clearInterval(timer);
  });
};

/** A hundred megabytes, as fast as they are taken. */
export const flood: Step = (socket) => {
  const chunk = Buffer.alloc(64 * 1024, " ");
  let left = 1600;
  socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${left * chunk.length}\r\n\r\n`);
  const more = () => {
    while (left-- > 0 && !socket.destroyed) if (!socket.write(chunk)) return void socket.once("drain", more);
  };
  more();
};

const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, " "), { level: 9 });

/** 300 kB that unpack to 300 MB. */
export const gzipBomb: Step = answer(200, bomb, { "content-encoding": "gzip" });

/** JSON nested as deep as asked for. */
export const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
