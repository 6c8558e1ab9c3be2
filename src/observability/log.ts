// The log: JSON lines, written by pino. Only events.ts writes to it.
import { pino, type DestinationStream, type Logger } from "pino";

/**
 * Names whose values are never written. No event carries them on purpose: this is the second line of defence.
 * Events are flat objects, so that no wildcards are needed, which would cost every line.
 */
const secretNames = ["authorization", "key", "accessKey", "token", "cookie", "headers", "body", "variables"];
const personalNames = ["value", "displayName", "avatarUrl", "contact", "email", "phone", "path", "query"];
const redact = [...secretNames, ...personalNames];

export let log: Logger = pino({ level: "silent" });

/** Begins to write lines. Until then nothing is logged. */
export function openLogStream(destination: DestinationStream): void {
  log = pino({ base: null, formatters: { level: (level) => ({ level }) }, redact }, destination);
}
