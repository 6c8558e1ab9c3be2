// The only door to the log and the metrics: one function for each event, which writes the log line and counts the metric.
// No event takes keys, identifiers, names, addresses or texts from outside, so none of them can be logged.
import type { DestinationStream } from "pino";
import { log, openLogStream } from "./log.ts";
import * as count from "./metrics.ts";

/** The metrics as Prometheus text. */
export const metrics = count.exposition;

/** Starts the log, as JSON lines, and the metrics of the process. Before that, events are only counted. */
export function openLog(destination: DestinationStream): void {
  openLogStream(destination);
  count.collectProcessMetrics();
}

/** One attempt of a call to Bird has ended. `route` is a path template, never a path. */
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

/** An attempt got no response, or not all of it. `cause` is from a closed list, never a text of Bird's or Node's. */
export function noResponse(event: {
  method: string;
  route: string;
  cause: string;
  /** False where nothing was sent. */
  sent: boolean;
  /** Whether the connection had died while it was idle. This is normal, and the call is sent again. */
  staleConnection: boolean;
}): void {
  const { method, route, cause, staleConnection } = event;
  count.noResponses.inc({ method, route, cause });
  if (staleConnection) log.debug({ event: "noResponse", ...event });
  else log.warn({ event: "noResponse", ...event });
}

/** A call has been retried. */
export function retry(event: { method: string; route: string }): void {
  count.retries.inc(event);
  log.debug({ event: "retry", ...event });
}

/** The circuit of a workspace changed: open means that its calls are not sent. */
export function circuitChanged(event: { workspaceId: string; state: string }): void {
  count.circuitChanges.inc({ state: event.state });
  log.warn({ event: "circuitChanged", ...event });
}

/** The circuit of one stranger changed. It is only counted, because strangers could otherwise fill the log. */
export function strangersCircuitChanged(event: { state: string }): void {
  count.circuitChanges.inc(event);
  log.debug({ event: "strangersCircuitChanged", ...event });
}

/** A call was not sent, because the quota is used up. */
export function quotaExhausted(event: { method: string; route: string }): void {
  count.quotaRejections.inc(event);
  log.debug({ event: "quotaExhausted", ...event });
}

/** Milliseconds between two log lines about unknown values of one field: each page of a list can hold a hundred of them. */
const UNKNOWN_VALUE_LINE_MS = 60_000;
/** When the next line about a field may be logged, in the time of `performance.now()`. */
const nextUnknownValueLineAt = { type: -Infinity, status: -Infinity };

/**
 * Bird sent a value of an enumeration that is new to this gateway; the caller got UNKNOWN. Each value is counted, and each
 * field has one log line a minute at most.
 */
export function unknownEnumValue(event: { field: "type" | "status" }): void {
  count.unknownValues.inc(event);
  const now = performance.now();
  if (now < nextUnknownValueLineAt[event.field]) return;
  nextUnknownValueLineAt[event.field] = now + UNKNOWN_VALUE_LINE_MS;
  log.warn({ event: "unknownEnumValue", ...event });
}

/** A field that is resolved by Bird got its result. */
export function resultGiven(event: { field: string; member: string; reason: string }): void {
  count.results.inc(event);
}

/** A GraphQL request has been answered. `results` counts its results by union member. */
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

/** A bug: an unexpected error was thrown. Its message is left out, since it may contain personal data. */
export function bug(event: { requestId: string | null; error: unknown }): void {
  count.bugs.inc();
  log.error({ event: "bug", requestId: event.requestId, ...describeError(event.error) });
}

/** An error's name, code and stack frames, without any message. */
function describeError(error: unknown): { name: string; code?: string; frames: string[] } {
  if (!(error instanceof Error)) return { name: typeof error, frames: [] };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...code, frames: frames.map((line) => line.trim()) };
}

/** A request in jwt mode had no valid token. `reason` is from a closed list. */
export function tokenDenied(event: { reason: string }): void {
  count.deniedTokens.inc(event);
}

/** The issuer's keys cannot be fetched. Known keys stay in use; without any, callers get UpstreamError UNAVAILABLE. */
export function signingKeysUnavailable(event: {
  /** From a closed list. */
  cause: string;
  /** The status of the issuer's response; null where none arrived. */
  status: number | null;
  /** Whether it is the first failure in a row. Only that one is logged. */
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

/** Some of the issuer's keys cannot be used: another type or use, too short, malformed. Their tokens are denied. */
export function signingKeysLeftOut(event: { unusable: number; usable: number }): void {
  log.warn({ event: "signingKeysLeftOut", ...event });
}

/** Adds the age of the issuer's keys to the metrics. @param ageMs returns null where there are no keys */
export function watchSigningKeys(ageMs: () => number | null): void {
  count.watchSigningKeys(ageMs);
}

/** The file of access keys has been read again. */
export function accessKeysReloaded(event: { workspaces: number }): void {
  log.info({ event: "accessKeysReloaded", ...event });
}

/** The file of access keys is invalid; the known keys stay in use. Of its content `problem` holds only workspace ids. */
export function accessKeysInvalid(event: { problem: string }): void {
  log.error({ event: "accessKeysInvalid", ...event });
}

/** An operation was rejected and not executed. `code` is from the gateway's closed list. */
export function operationRejected(event: { requestId: string; code: string }): void {
  count.rejectedOperations.inc({ code: event.code });
  log.warn({ event: "operationRejected", ...event });
}

/** An operation that is not in the manifest was executed. `hash` is the SHA-256 of its text. */
export function unknownOperation(event: { requestId: string; hash: string }): void {
  count.rejectedOperations.inc({ code: "logged" });
  log.warn({ event: "unknownOperation", ...event });
}

/** An HTTP request was rejected. `code` is from the gateway's closed list; `limit` is the limit that it exceeds. */
export function requestRejected(event: {
  requestId: string;
  status: number;
  code: string;
  limit?: string;
}): void {
  count.rejectedRequests.inc({ status: String(event.status) });
  log[event.limit === undefined ? "info" : "warn"]({ event: "requestRejected", ...event });
}

/** A request was rejected unread, because of overload. */
export function overloaded(): void {
  count.overloads.inc();
}

/** The limit on connections was reached, so an idle connection or the new one was closed. */
export function connectionDropped(): void {
  count.droppedConnections.inc({ reason: "connections" });
}

/** Unread responses took too much memory, so the connection that had read nothing for the longest time was closed. */
export function unreadAnswerDropped(): void {
  count.droppedConnections.inc({ reason: "answers" });
}

/** Bodies that were still arriving took too much memory, so the connection of the one that began first was closed. */
export function arrivingBodyDropped(): void {
  count.droppedConnections.inc({ reason: "bodies" });
}

/** The configuration is valid but probably unintended. `warning` names variables and contains no secret. */
export function configurationWarning(event: { warning: string }): void {
  log.warn({ event: "configurationWarning", ...event });
}

/** The gateway is ready. */
export function started(event: {
  url: string;
  adminUrl: string | null;
  upstream: string;
  authMode: string;
}): void {
  log.info({ event: "started", ...event });
}

/** The gateway got a signal to stop, and finishes the operations in flight. */
export function stopping(event: { signal: string }): void {
  log.info({ event: "stopping", ...event });
}

/** Log lines could not be written and are lost. */
export function logLinesDropped(event: { lines: number }): void {
  count.droppedLines.inc(event.lines);
}

/** The log works again. `lines` is the number of lines that were lost. */
export function logResumed(event: { lines: number }): void {
  log.warn({ event: "logResumed", ...event });
}
