// The Prometheus metrics. Only events.ts changes them. Every label has few values.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

const registry = new Registry();
const registers = [registry];

/** Adds the metrics of the process: its CPU, memory and event loop. */
export function collectProcessMetrics(): void {
  collectDefaultMetrics({ register: registry });
}

/** All metrics as Prometheus text, and its media type. */
export const exposition = {
  contentType: registry.contentType,
  text: (): Promise<string> => registry.metrics(),
};

export const attempts = new Histogram({
  name: "gateway_upstream_attempt_duration_seconds",
  help: "Attempts sent to Bird, by method, route and result: an HTTP status, timeout, unavailable, left or expired.",
  labelNames: ["method", "route", "result"] as const,
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  registers,
});

export const noResponses = new Counter({
  name: "gateway_upstream_no_response_total",
  help: "Attempts at Bird without a whole response, by method, route and cause: dns, refused, reset, tls, timeout and others.",
  labelNames: ["method", "route", "cause"] as const,
  registers,
});

export const retries = new Counter({
  name: "gateway_upstream_retries_total",
  help: "Calls to Bird that were tried again, by method and route.",
  labelNames: ["method", "route"] as const,
  registers,
});

export const circuitChanges = new Counter({
  name: "gateway_circuit_changes_total",
  help: "Circuits that changed their state, by the new state.",
  labelNames: ["state"] as const,
  registers,
});

export const quotaRejections = new Counter({
  name: "gateway_quota_rejections_total",
  help: "Calls that were not made because the workspace's quota is used up, by method and route.",
  labelNames: ["method", "route"] as const,
  registers,
});

export const unknownValues = new Counter({
  name: "gateway_unknown_enum_values_total",
  help: "Values of an enumeration in Bird's answers that this gateway does not know, by field.",
  labelNames: ["field"] as const,
  registers,
});

export const results = new Counter({
  name: "gateway_results_total",
  help: "Results given to callers, by field, union member and, where it has one, its reason.",
  labelNames: ["field", "member", "reason"] as const,
  registers,
});

export const requests = new Histogram({
  name: "gateway_http_request_duration_seconds",
  help: "GraphQL requests answered, by HTTP status.",
  labelNames: ["status"] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});

export const bugs = new Counter({
  name: "gateway_bugs_total",
  help: "Unexpected exceptions. Each has a log line with its stack.",
  registers,
});

export const signingKeyFailures = new Counter({
  name: "gateway_signing_key_failures_total",
  help: "Fetches of the issuer's keys that failed, by cause.",
  labelNames: ["cause"] as const,
  registers,
});

let signingKeysAgeMs: () => number | null = () => null;

/** Sets where the gauge below gets the age of the issuer's keys from. @param ageMs returns null where there are no keys */
export function watchSigningKeys(ageMs: () => number | null): void {
  signingKeysAgeMs = ageMs;
}

export const signingKeysAge = new Gauge({
  name: "gateway_signing_keys_age_seconds",
  help: "How long ago the issuer's keys were fetched. They serve for a day while the issuer is away.",
  registers,
  collect() {
    const ageMs = signingKeysAgeMs();
    if (ageMs === null) this.remove();
    else this.set(ageMs / 1000);
  },
});

export const deniedTokens = new Counter({
  name: "gateway_denied_tokens_total",
  help: "Requests without a valid token, by the check that failed.",
  labelNames: ["reason"] as const,
  registers,
});

export const rejectedOperations = new Counter({
  name: "gateway_rejected_operations_total",
  help: "Operations that were rejected, before they were executed or for the size of their answer, by code.",
  labelNames: ["code"] as const,
  registers,
});

export const rejectedRequests = new Counter({
  name: "gateway_http_rejections_total",
  help: "Requests that never became an operation, by HTTP status.",
  labelNames: ["status"] as const,
  registers,
});

export const droppedConnections = new Counter({
  name: "gateway_dropped_connections_total",
  help: "Callers' connections that were closed to make room: for other connections, for answers that wait to be read, or for bodies that still arrive.",
  labelNames: ["reason"] as const,
  registers,
});

export const droppedLines = new Counter({
  name: "gateway_log_lines_dropped_total",
  help: "Log lines that could not be written: stderr is full, or is not read.",
  registers,
});

export const overloads = new Counter({
  name: "gateway_overload_rejections_total",
  help: "Requests answered with 503 because the gateway had too much to do.",
  registers,
});
