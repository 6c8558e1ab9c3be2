// The request id: the caller's `x-request-id` where it is valid, else a new one.
import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";

const FORM = /^[A-Za-z0-9._-]{1,128}$/;

/** Accepts `x-request-id` only where it is short and safe in a log line. */
export function readRequestId(request: Pick<IncomingMessage, "headers">): string {
  const given = request.headers["x-request-id"];
  return typeof given === "string" && FORM.test(given) ? given : randomUUID();
}
