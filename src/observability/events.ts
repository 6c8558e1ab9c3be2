// Everything worth knowing that happens: one function per event, which writes the log line and counts the metric.
// Labels have few values. Keys, identifiers, names, addresses and texts from outside never get here: no event takes one.
import { pino, type DestinationStream, type Logger } from "pino";
import { collectDefaultMetrics, Counter, Histogram, Registry } from "prom-client";

const registry = new Registry();
const registers = [registry];

/** The second line: should an event ever carry one of these by mistake, it is not written. Events are flat, and wildcards would cost every line. */
const secretNames = ["authorization", "key", "accessKey", "token", "cookie", "headers", "body", "variables"];
const personalNames = ["value", "displayName", "avatarUrl", "contact", "email", "phone", "path", "query"];
const redact = [...secretNames, ...personalNames];

let log: Logger = pino({ level: "silent" });

/** Begins to write log lines, as JSON. Until then events are only counted. */
export function openLog(destination: DestinationStream): void {
  log = pino({ base: null, formatters: { level: (level) => ({ level }) }, redact }, destination);
  collectDefaultMetrics({ register: registry });
}

/** The metrics as Prometheus text. */
export const metrics = {
  contentType: registry.contentType,
  text: (): Promise<string> => registry.metrics(),
};

const attempts = new Histogram({
  name: "gateway_upstream_attempt_duration_seconds",
  help: "Calls sent to Bird, by method, route and what came of each: an HTTP status, timeout, unavailable or cancelled.",
  labelNames: ["method", "route", "result"] as const,
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
});

/** One try of one call to Bird has ended. `route` is a template, never a path; `durationMs` is in milliseconds. */
export function upstreamAttempt(event: {
  method: string;
  route: string;
  result: string;
  durationMs: number;
}): void {
  const { method, route, result } = event;
  attempts.observe({ method, route, result }, event.durationMs / 1000);
  log.debug({ event: "upstreamAttempt", ...event });
}

const retries = new Counter({
  name: "gateway_upstream_retries_total",
  help: "Calls to Bird that are tried again, by method and route.",
  labelNames: ["method", "route"] as const,
  registers,
});

/** A call is about to be tried again. */
export function retry(event: { method: string; route: string }): void {
  retries.inc(event);
  log.debug({ event: "retry", ...event });
}

const breakerChanges = new Counter({
  name: "gateway_breaker_changes_total",
  help: "Circuit breakers that changed their state, by the new state.",
  labelNames: ["state"] as const,
  registers,
});

/** The circuit breaker of a workspace changed: open means that its calls are refused without being made. */
export function breakerChanged(event: { workspaceId: string; state: string }): void {
  breakerChanges.inc({ state: event.state });
  log.warn({ event: "breakerChanged", ...event });
}

const budgetRefusals = new Counter({
  name: "gateway_budget_refusals_total",
  help: "Calls that were not made because the workspace's quota is used up, by method and route.",
  labelNames: ["method", "route"] as const,
  registers,
});

/** A call was refused by the gateway's own budget. */
export function budgetRefused(event: { method: string; route: string }): void {
  budgetRefusals.inc(event);
  log.debug({ event: "budgetRefused", ...event });
}

const unknownValues = new Counter({
  name: "gateway_unknown_enum_values_total",
  help: "Values of an enumeration in Bird's answers that this gateway does not know, by field.",
  labelNames: ["field"] as const,
  registers,
});

/** Bird sent a value of an enumeration that is new to this gateway; the caller got UNKNOWN. */
export function unknownEnumValue(event: { field: "type" | "status" }): void {
  unknownValues.inc(event);
  log.warn({ event: "unknownEnumValue", ...event });
}

const results = new Counter({
  name: "gateway_results_total",
  help: "Results given to callers, by field, union member and, where it has one, its reason.",
  labelNames: ["field", "member", "reason"] as const,
  registers,
});

/** A field of the schema that proxies Bird has its result. */
export function resultGiven(event: { field: string; member: string; reason: string }): void {
  results.inc(event);
}

const requests = new Histogram({
  name: "gateway_http_request_duration_seconds",
  help: "GraphQL requests answered, by HTTP status.",
  labelNames: ["status"] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});

/** A GraphQL request has been answered. `results` counts the union members it was answered with. */
export function requestAnswered(event: {
  requestId: string;
  status: number;
  results: Record<string, number>;
  durationMs: number;
}): void {
  requests.observe({ status: String(event.status) }, event.durationMs / 1000);
  log.info({ event: "requestAnswered", ...event });
}

const bugs = new Counter({
  name: "gateway_bugs_total",
  help: "Exceptions that nobody expected. Each has a log line with its stack.",
  registers,
});

/** Something threw that must not throw. The message is left out: nobody knows what it holds. */
export function bug(event: { requestId: string | null; error: unknown }): void {
  bugs.inc();
  log.error({ event: "bug", requestId: event.requestId, ...describeError(event.error) });
}

/** An error's name, code and stack frames, without any message. */
export function describeError(error: unknown): { name: string; code?: string; frames: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...code, frames: frames.map((line) => line.trim()) };
}

const signingKeyFailures = new Counter({
  name: "gateway_signing_key_failures_total",
  help: "Requests whose token could not be checked, because the issuer's keys could not be fetched.",
  registers,
});

/** The issuer's keys cannot be fetched: callers get UpstreamError UNAVAILABLE. */
export function signingKeysUnavailable(event: { error: unknown }): void {
  signingKeyFailures.inc();
  const { name, code } = describeError(event.error);
  log.error({ event: "signingKeysUnavailable", name, ...(code && { code }) });
}

/** The access keys were read again. */
export function accessKeysReloaded(event: { workspaces: number }): void {
  log.info({ event: "accessKeysReloaded", ...event });
}

/** The file of access keys is bad; the keys read before stay in use. `problem` holds none of its content but workspace ids. */
export function accessKeysRefused(event: { problem: string }): void {
  log.error({ event: "accessKeysRefused", ...event });
}

const refusals = new Counter({
  name: "gateway_refused_operations_total",
  help: "Operations refused before they were executed, by code.",
  labelNames: ["code"] as const,
  registers,
});

/** An operation exceeds a limit, or is not in the manifest, and is not executed. `code` is one of the gateway's own. */
export function operationRefused(event: { requestId: string; code: string }): void {
  refusals.inc({ code: event.code });
  log.warn({ event: "operationRefused", ...event });
}

/** An operation that is not in the manifest was let through; `hash` is the SHA-256 of its text. */
export function unknownOperation(event: { requestId: string; hash: string }): void {
  refusals.inc({ code: "logged" });
  log.warn({ event: "unknownOperation", ...event });
}

const overloads = new Counter({
  name: "gateway_overload_refusals_total",
  help: "Requests answered with 503 because the gateway had too much to do.",
  registers,
});

/** A request was turned away unread. */
export function overloaded(): void {
  overloads.inc();
}

/** The gateway takes work. */
export function started(event: { url: string; upstream: string; authMode: string }): void {
  log.info({ event: "started", ...event });
}

/** The gateway has been told to stop and finishes what it has. */
export function stopping(event: { signal: string }): void {
  log.info({ event: "stopping", ...event });
}
