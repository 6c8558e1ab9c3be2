// What the sandbox does with a request in the end: it sends a response, or none.
import { STATUS_CODES } from "node:http";

/** A complete HTTP response. */
export type HttpResponse = {
  readonly kind: "response";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** An unsolicited `100 Continue` comes first. */
  readonly isContinued?: boolean;
  /** The whole response comes a second time, a few milliseconds later. */
  readonly isSentTwice?: boolean;
};

/**
 * A response, a connection that is closed (FIN) or reset (RST) without one, or silence until the caller gives up; each after
 * an optional delay.
 */
export type Reply = (HttpResponse | { readonly kind: "close" | "reset" | "hang" }) & {
  readonly delayMs?: number;
};

/** What is wrong with a request, by path into it: the form of Bird's `details`. */
export type Problems = Readonly<Record<string, readonly string[]>>;

/** Builds a JSON response. */
export function json(status: number, value: unknown): HttpResponse {
  return {
    kind: "response",
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}

/** Builds an error in Bird's shape. Its code is derived from the status. */
export function birdError(status: number, message: string, details?: Problems): HttpResponse {
  return json(status, { code: toCode(status), message, ...(details && { details }) });
}

/** Builds a 405 with the `Allow` header that RFC 9110, 15.5.6 asks for. */
export function methodNotAllowed(method: string, allowed: readonly string[]): HttpResponse {
  const response = birdError(405, `${method} is not possible here.`);
  return { ...response, headers: { ...response.headers, allow: allowed.join(", ") } };
}

/** Turns "Not Found" into `NotFound`: Bird's codes are words in Pascal case. */
function toCode(status: number): string {
  // This is the only code for an invalid body that has been seen from Bird.
  if (status === 422) return "InvalidPayload";
  const words = (STATUS_CODES[status] ?? "Unknown Status").replaceAll("'", "").split(/[^A-Za-z]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
