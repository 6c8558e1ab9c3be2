// Turns requests away unread while there is too much to do: those already in hand can then still be answered.
import type { FastifyReply, FastifyRequest } from "fastify";
import * as events from "../observability/events.ts";
import type { InFlight } from "./in-flight.ts";
import { sendErrors, type HttpRejection } from "./http-rejections.ts";

/** Operations: each holds its body, its context and its calls in memory for as long as the deadline allows. */
const MAX_IN_FLIGHT = 10_000;
/**
 * How long the event loop may be busy before it comes to the probe. High enough that a pause of the garbage collector, or
 * of a machine that others use too, does not count.
 */
const MAX_BUSY_MS = 1000;
const PROBE_MS = 100;
/** How long requests are turned away after the loop was busy for too long: what has piled up is answered first. */
const REST_MS = 1000;

const overloaded: HttpRejection = {
  status: 503,
  code: "OVERLOADED",
  message: "The gateway has too much to do. Try again.",
  headers: { "retry-after": "1" },
};

export type OverloadGuard = {
  /** Turns a request away before its body is read. */
  onRequest: (request: FastifyRequest, reply: FastifyReply, done: () => void) => void;
  /** Runs what a whole request asks for, and counts it until it ends; null where there is too much to do. */
  run: <Value>(work: () => Promise<Value>) => Promise<Value> | null;
  close: () => void;
};

export function createOverloadGuard(inFlight: InFlight, { maxInFlight = MAX_IN_FLIGHT } = {}): OverloadGuard {
  let probe = look();
  let restUntil = 0;
  /** Asked by requests too: after a long turn those that waited are read before the probe's timer is looked at. */
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

/** Answers what was turned away. */
export function sendOverloaded(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  events.overloaded();
  return sendErrors(request, reply, overloaded);
}
