// Rejects requests unread during overload, so that the operations in flight can still finish.
import type { FastifyReply, FastifyRequest } from "fastify";
import * as events from "../observability/events.ts";
import type { InFlight } from "./in-flight.ts";
import { sendErrors, type HttpRejection } from "./http-rejections.ts";

/** The largest number of operations in flight: each keeps its body, context and calls in memory until its deadline. */
const MAX_IN_FLIGHT = 10_000;
/**
 * The longest time, in milliseconds, that the event loop may be busy between two runs of the probe. It is longer than pauses
 * of the garbage collector or of a shared machine.
 */
const MAX_BUSY_MS = 1000;
/** Milliseconds between two runs of the probe. */
const PROBE_MS = 100;
/** Milliseconds for which requests are rejected after the loop was busy for too long, so that it can catch up. */
const REST_MS = 1000;

const overloaded: HttpRejection = {
  status: 503,
  code: "OVERLOADED",
  message: "The gateway has too much to do. Try again.",
  headers: { "retry-after": "1" },
};

export type OverloadGuard = {
  /** Rejects a request before its body is read. */
  onRequest: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
  /** Runs an operation and counts it until it ends; null during overload. */
  run: <Value>(work: () => Promise<Value>) => Promise<Value> | null;
  close: () => void;
};

/** Creates the guard of a server. Close it, since it has a timer. */
export function createOverloadGuard(inFlight: InFlight, { maxInFlight = MAX_IN_FLIGHT } = {}): OverloadGuard {
  let probe = look();
  let restUntil = 0;
  /** Requests call it too: after a long turn, Node.js reads waiting requests before it runs the probe's timer. */
  const isLate = () => {
    const now = performance.now();
    if (busyMsSince(probe) > PROBE_MS + MAX_BUSY_MS) restUntil = now + REST_MS;
    return now < restUntil;
  };
  const timer = setInterval(() => {
    isLate();
    probe = look();
  }, PROBE_MS);
  timer.unref();
  return {
    onRequest: (request, reply, done) => {
      if (isLate() || inFlight.count >= maxInFlight) sendOverloaded(request, reply);
      else done();
    },
    run: (work) => (inFlight.count >= maxInFlight ? null : inFlight.run(work)),
    close: () => {
      clearInterval(timer);
    },
  };
}

type Look = { activeMs: number; cpuMs: number };

function look(): Look {
  return { activeMs: performance.eventLoopUtilization().active, cpuMs: cpuMs() };
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * How long the event loop has worked. Time in which it waits does not count, nor does time in which the process had no
 * CPU: it was frozen, or others had the machine. The CPU time of other threads is bounded by that of the loop.
 */
function busyMsSince(earlier: Look): number {
  const activeMs = performance.eventLoopUtilization().active - earlier.activeMs;
  return activeMs > PROBE_MS + MAX_BUSY_MS ? Math.min(activeMs, cpuMs() - earlier.cpuMs) : activeMs;
}

/** Sends the response to a request that was rejected because of overload. */
export function sendOverloaded(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  events.overloaded();
  return sendErrors(request, reply, overloaded);
}
