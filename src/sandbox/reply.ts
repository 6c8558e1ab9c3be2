// What the sandbox does with a request in the end: an answer, or none.

import { STATUS_CODES } from "node:http";

/** A complete HTTP answer. */
export type Answer = {
  readonly kind: "answer";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** An answer, a cut connection, or silence until the caller gives up; each possibly late. */
export type Reply = (Answer | { readonly kind: "reset" } | { readonly kind: "hang" }) & {
  readonly delayMs?: number;
};

/** Path in the request → what is wrong there, as Bird's `details` have it. */
export type Problems = Readonly<Record<string, readonly string[]>>;

/** A JSON answer. */
export function json(status: number, value: unknown): Answer {
  return {
    kind: "answer",
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(value),
  };
}

/** An error in Bird's shape, its code derived from the status. */
export function birdError(status: number, message: string, details?: Problems): Answer {
  return json(status, { code: toCode(status), message, ...(details && { details }) });
}

/** 405, with the `Allow` header that HTTP asks for. */
export function methodNotAllowed(method: string, allowed: readonly string[]): Answer {
  const answer = birdError(405, `${method} is not possible here.`);
  return { ...answer, headers: { ...answer.headers, allow: allowed.join(", ") } };
}

/** "Not Found" → `NotFound`: Bird's codes are words in Pascal case. */
function toCode(status: number): string {
  // The one code for a rejected payload that has been seen from Bird.
  if (status === 422) return "InvalidPayload";
  const words = (STATUS_CODES[status] ?? "Unknown Status").replaceAll("'", "").split(/[^A-Za-z]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}
