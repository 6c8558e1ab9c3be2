// Everything worth knowing that happens: one function per event, which writes the log line and counts the metric.
// Keys, identifiers, names, addresses and texts from outside never get here: no event takes one.
// This is the only door to the log and to the metrics.
import type { DestinationStream } from "pino";
import { log, openLogStream } from "./log.ts";
import * as count from "./metrics.ts";

/** The metrics as Prometheus text. */
export const metrics = count.exposition;

/** Begins to write log lines, as JSON, and to measure the process. Until then events are only counted. */
export function openLog(destination: DestinationStream): void {
  openLogStream(destination);
  count.collectProcessMetrics();
}

/** One try of one call to Bird has ended. `route` is a template, never a path; `durationMs` is in milliseconds. */
export function upstreamAttempt(event: {
  method: string;
  route: string;
  result: string;
  durationMs: number;
}): void {
  const { method, route, result } = event;
  count.attempts.observe({ method, route, result }, event.durationMs / 1000);
  log.debug({ event: "upstreamAttempt", ...event });
}

/** An attempt got no response. `cause` is one of a closed list, never a text of Bird's or Node's. */
export function noResponse(event: {
  method: string;
  route: string;
  cause: string;
  /** False where nothing was sent. */
  sent: boolean;
  /** Whether a kept connection had died while it was idle: everyday life, and the call is made again. */
  staleConnection: boolean;
}): void {
  const { method, route, cause, staleConnection } = event;
  count.noResponses.inc({ method, route, cause });
  if (staleConnection) log.debug({ event: "noResponse", ...event });
  else log.warn({ event: "noResponse", ...event });
}

/** A call has been tried again. */
export function retry(event: { method: string; route: string }): void {
  count.retries.inc(event);
  log.debug({ event: "retry", ...event });
}

/** The circuit of a workspace changed: open means that its calls are not sent. */
export function circuitChanged(event: { workspaceId: string; state: string }): void {
  count.circuitChanges.inc({ state: event.state });
  log.warn({ event: "circuitChanged", ...event });
}

/** The circuit of one stranger changed. Only counted: anyone who reaches the port could fill the log with it. */
export function strangersCircuitChanged(event: { state: string }): void {
  count.circuitChanges.inc(event);
  log.debug({ event: "strangersCircuitChanged", ...event });
}

/** A call was not sent, because the quota is used up. */
export function quotaExhausted(event: { method: string; route: string }): void {
  count.quotaRejections.inc(event);
  log.debug({ event: "quotaExhausted", ...event });
}

/** Bird sent a value of an enumeration that is new to this gateway; the caller got UNKNOWN. */
export function unknownEnumValue(event: { field: "type" | "status" }): void {
  count.unknownValues.inc(event);
  log.warn({ event: "unknownEnumValue", ...event });
}

/** A field of the schema that proxies Bird has its result. */
export function resultGiven(event: { field: string; member: string; reason: string }): void {
  count.results.inc(event);
}

/** A GraphQL request has been answered. `results` counts the union members it was answered with. */
export function requestAnswered(event: {
  requestId: string;
  status: number;
  results: Record<string, number>;
  durationMs: number;
  /** Why the caller's token was denied, if it was. */
  denied?: string | undefined;
}): void {
  count.requests.observe({ status: String(event.status) }, event.durationMs / 1000);
  log.info({ event: "requestAnswered", ...event });
}

/** Something threw that must not throw. The message is left out, since it may contain personal data. */
export function bug(event: { requestId: string | null; error: unknown }): void {
  count.bugs.inc();
  log.error({ event: "bug", requestId: event.requestId, ...describeError(event.error) });
}

/** An error's name, code and stack frames, without any message. */
export function describeError(error: unknown): { name: string; code?: string; frames: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...code, frames: frames.map((line) => line.trim()) };
}

/** A request in jwt mode had no valid token. `reason` is one of a closed list. */
export function tokenDenied(event: { reason: string }): void {
  count.deniedTokens.inc(event);
}

/** The issuer's keys cannot be fetched. Known keys serve on; without any, callers get UpstreamError UNAVAILABLE. */
export function signingKeysUnavailable(event: {
  /** One of a closed list. */
  cause: string;
  /** Of the issuer's answer, where there was one. */
  status: number | null;
  /** Whether the fetch before succeeded: an outage is one line. */
  isFirst: boolean;
}): void {
  const { isFirst, ...line } = event;
  count.signingKeyFailures.inc({ cause: event.cause });
  if (isFirst) log.error({ event: "signingKeysUnavailable", ...line });
}

/** The issuer's keys can be fetched again. */
export function signingKeysAvailable(): void {
  log.info({ event: "signingKeysAvailable" });
}

/** Some of the issuer's keys cannot be used: of another kind or use, weak or broken. Tokens signed with them are denied. */
export function signingKeysLeftOut(event: { unusable: number; usable: number }): void {
  log.warn({ event: "signingKeysLeftOut", ...event });
}

/** Has the age of the issuer's keys among the metrics from now on. @param ageMs gives null where there are no keys */
export function watchSigningKeys(ageMs: () => number | null): void {
  count.watchSigningKeys(ageMs);
}

/** The access keys were read again. */
export function accessKeysReloaded(event: { workspaces: number }): void {
  log.info({ event: "accessKeysReloaded", ...event });
}

/** The file of access keys is bad; the keys read before stay in use. `problem` holds none of its content but workspace ids. */
export function accessKeysInvalid(event: { problem: string }): void {
  log.error({ event: "accessKeysInvalid", ...event });
}

/** An operation exceeds a limit, or is not in the manifest, and is not executed. `code` is one of the gateway's own. */
export function operationRejected(event: { requestId: string; code: string }): void {
  count.refusals.inc({ code: event.code });
  log.warn({ event: "operationRejected", ...event });
}

/** An operation that is not in the manifest was let through; `hash` is the SHA-256 of its text. */
export function unknownOperation(event: { requestId: string; hash: string }): void {
  count.refusals.inc({ code: "logged" });
  log.warn({ event: "unknownOperation", ...event });
}

/** A request never became an operation. `code` is one of the gateway's own; `limit` is the one that it exceeds. */
export function requestRejected(event: {
  requestId: string;
  status: number;
  code: string;
  limit?: string;
}): void {
  count.rejectedRequests.inc({ status: String(event.status) });
  log[event.limit === undefined ? "info" : "warn"]({ event: "requestRejected", ...event });
}

/** A request was turned away unread. */
export function overloaded(): void {
  count.overloads.inc();
}

/** There were as many connections as there may be, so one was closed: an idle one, or the new one. */
export function connectionDropped(): void {
  count.droppedConnections.inc({ reason: "connections" });
}

/** Answers that wait to be read held too much memory, so the connection that had taken nothing for longest was closed. */
export function unreadAnswerDropped(): void {
  count.droppedConnections.inc({ reason: "answers" });
}

/** The configuration is allowed, and hardly meant. `warning` names variables and holds no secret. */
export function configurationWarning(event: { warning: string }): void {
  log.warn({ event: "configurationWarning", ...event });
}

/** The gateway takes work. */
export function started(event: {
  url: string;
  adminUrl: string | null;
  upstream: string;
  authMode: string;
}): void {
  log.info({ event: "started", ...event });
}

/** The gateway has been told to stop and finishes what it has. */
export function stopping(event: { signal: string }): void {
  log.info({ event: "stopping", ...event });
}

/** Log lines could not be written, and are lost. */
export function logLinesDropped(event: { lines: number }): void {
  count.droppedLines.inc(event.lines);
}

/** Lines are written again; so many were lost. */
export function logResumed(event: { lines: number }): void {
  log.warn({ event: "logResumed", ...event });
}
