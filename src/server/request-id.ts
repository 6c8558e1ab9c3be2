// The request id: the caller's where it fits, else a new one.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

const FORM = /^[A-Za-z0-9._-]{1,128}$/;

/** Takes `x-request-id` only where it can neither break a log line nor fill it. */
export function readRequestId(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && FORM.test(given) ? given : randomUUID();
}
