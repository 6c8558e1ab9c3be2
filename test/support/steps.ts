// What can happen to a request that reaches a scripted upstream.
import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { aParticipant } from "./bird.ts";
import type { Step, UpstreamRequest } from "./scripted-upstream.ts";

/** Answers with a length, and keeps the connection. The length is left out where the status forbids it (RFC 9110, 8.6). */
export function answer(
  status: number,
  body: string | Buffer = "",
  headers: Record<string, string> = {},
): Step {
  const bytes = Buffer.from(body);
  const length = status === 204 ? {} : { "content-length": String(bytes.length) };
  const lines = Object.entries({ ...headers, ...length }).map(([name, value]) => `${name}: ${value}`);
  const head = `HTTP/1.1 ${status} X\r\n${lines.join("\r\n")}\r\n\r\n`;
  return (socket) => socket.write(Buffer.concat([Buffer.from(head), bytes]));
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Step {
  return answer(status, JSON.stringify(body), { "content-type": "application/json", ...headers });
}

/** Answers as Bird would if every participant that is asked for existed. Of a list it knows nothing. */
export const asked: Step = (socket, request) => {
  const [key, value] = request.path.split("/participants/")[1]?.split("/").map(decodeURIComponent) ?? [];
  const named =
    value === undefined
      ? { ...aParticipant, id: key }
      : { ...aParticipant, contact: { ...aParticipant.contact, identifierKey: key, identifierValue: value } };
  json(200, key === undefined ? aParticipant : named)(socket, request);
};

export function html(status: number, headers: Record<string, string> = {}): Step {
  return answer(status, "<!doctype html><title>proxy</title>", { "content-type": "text/html", ...headers });
}

/** Takes the step that a function of the request returns, for answers that depend on the request. */
export function choose(stepFor: (request: UpstreamRequest) => Step): Step {
  return (socket, request) => {
    stepFor(request)(socket, request);
  };
}

/** The steps of the first, second … request of each connection; the last one goes on for all that follow. */
export function perConnection(...steps: [Step, ...Step[]]): Step {
  const counts = new WeakMap<Socket, number>();
  return (socket, request) => {
    const index = counts.get(socket) ?? 0;
    counts.set(socket, index + 1);
    (steps[index] ?? steps.at(-1) ?? hang)(socket, request);
  };
}

/** Does it after so many milliseconds. The time is real: for tests that need two calls to be under way together. */
export function later(ms: number, step: Step): Step {
  return (socket, request) => {
    setTimeout(() => {
      if (!socket.destroyed) step(socket, request);
    }, ms);
  };
}

/** Exactly these bytes, and then nothing. */
export function bytes(text: string): Step {
  return (socket) => socket.write(text);
}

/** One step after another on the same request, such as an informational answer and the final one. */
export function inTurn(...steps: Step[]): Step {
  return (socket, request) => {
    for (const step of steps) step(socket, request);
  };
}

/** Does it, and then closes the connection without having said that it would. */
export function thenClose(step: Step): Step {
  return inTurn(step, (socket) => socket.end());
}

/** Closes the connection without an answer (FIN). */
export const close: Step = (socket) => socket.end();

/** Closes the connection without an answer (RST). */
export const reset: Step = (socket) => socket.resetAndDestroy();

export const hang: Step = () => undefined;

/** A status and half of the promised body, then the connection closes. */
export function cutOffAfter(status: number): Step {
  return (socket) => socket.end(`HTTP/1.1 ${status} X\r\ncontent-length: 100\r\n\r\n{"id":`);
}

/** Half of what was promised, then the connection closes. */
export const cutOff: Step = cutOffAfter(200);

/** A byte now and then, without an end. */
export const trickle: Step = (socket) => {
  socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
  const timer = setInterval(() => socket.write(" "), 20);
  socket.on("close", () => {
    clearInterval(timer);
  });
};

/** So many bytes, as fast as they are taken. */
function floodOf(length: number): Step {
  return (socket) => {
    const chunk = Buffer.alloc(64 * 1024, " ");
    let left = Math.ceil(length / chunk.length);
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${left * chunk.length}\r\n\r\n`);
    const more = () => {
      while (left-- > 0 && !socket.destroyed)
        if (!socket.write(chunk)) return void socket.once("drain", more);
    };
    more();
  };
}

/** A hundred megabytes, as fast as they are taken. */
export const flood: Step = floodOf(100 * 1024 * 1024);

/** 300 kB that unpack to 300 MB. Packing them takes a second: make the step once, before the test. */
export function gzipBomb(): Step {
  const bomb = gzipSync(Buffer.alloc(300 * 1024 * 1024, " "), { level: 9 });
  return answer(200, bomb, { "content-encoding": "gzip" });
}

/** JSON nested as deep as asked for. */
export const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

/** Requests that wait until a test answers them. Its `step` goes into a script; `waiting` counts them. */
export class Hold {
  readonly #held: { socket: Socket; request: UpstreamRequest }[] = [];

  readonly step: Step = (socket, request) => {
    this.#held.push({ socket, request });
  };

  /** The requests that wait, in the order of their arrival. */
  get waiting(): readonly UpstreamRequest[] {
    return this.#held.map(({ request }) => request);
  }

  /** Whether the caller of the nth waiting request has closed its connection. */
  isAbandoned(index = 0): boolean {
    return this.#held[index]?.socket.destroyed === true;
  }

  /** Answers the first `count` waiting requests, all of them by default. */
  release(step: Step, count = this.#held.length): void {
    for (const { socket, request } of this.#held.splice(0, count)) step(socket, request);
  }
}
