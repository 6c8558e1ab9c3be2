// The log: JSON lines, written by pino. Only events.ts writes to it.
import { pino, type DestinationStream, type Logger } from "pino";

/**
 * Fields that are redacted. No event has them; this is a second line of defence. Events are flat objects, so no wildcards
 * are needed, which would slow down every line.
 */
const secretNames = ["authorization", "key", "accessKey", "token", "cookie", "headers", "body", "variables"];
const personalNames = ["value", "displayName", "avatarUrl", "contact", "email", "phone", "path", "query"];
const redact = [...secretNames, ...personalNames];

export let log: Logger = pino({ level: "silent" });

/** Starts the log. Before that nothing is logged. */
export function openLogStream(destination: DestinationStream): void {
  log = pino({ base: null, formatters: { level: (level) => ({ level }) }, redact }, destination);
}
