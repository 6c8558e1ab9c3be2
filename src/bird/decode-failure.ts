// Maps the result of a failed call to a BirdFailure. It implements the table in docs/errors.md.
import {
  saysNever,
  saysNotNow,
  type Body,
  type InterruptReason,
  type NoResponse,
  type NotSent,
  type Response,
} from "../transport/call.ts";
import { isJsonObject } from "../json.ts";
import { readErrorBody, type ErrorBody } from "./error-body.ts";
import {
  left,
  type AccessDeniedFailure,
  type BirdFailure,
  type LeftFailure,
  type RateLimitedFailure,
  type UpstreamFailure,
} from "./failures.ts";

/**
 * Maps a response.
 *
 * @param response any response except one with a valid participant
 * @param outcome the outcome of the update, when it is an upstream failure; null for reads
 */
export function toResponseFailure(response: Response, outcome: UpstreamFailure["outcome"]): BirdFailure {
  const { status, body } = response;
  // Only the status decides 401, 403, 429 and 5xx: proxies in front of Bird send them, too, with other bodies.
  const said = readErrorBody(body);
  if (status === 401) return accessDenied("Unauthenticated", "Bird does not accept the access key.", said);
  if (status === 403) return accessDenied("Forbidden", "The access key may not do this.", said);
  if (status === 429) {
    const told = tell(said, "TooManyRequests", "Bird rejected the call: too many requests.");
    return { kind: "rateLimited", ...told, retryAfterMs: response.retryAfterMs };
  }
  if ((status >= 500 && status <= 599) || saysNotNow(status)) {
    const told = tell(said, "Unavailable", "Bird failed.");
    const isLasting = saysNever(status);
    return { kind: "upstream", ...told, reason: "UNAVAILABLE", outcome, isLasting, status };
  }
  // 404, 409, 400 and 422 need a body in Bird's form: a wrong base URL must not look like a missing participant.
  if (body.kind === "lost") return toInterruptFailure(body.reason, outcome);
  if (isBirds(body)) {
    if (status === 404)
      return { kind: "notFound", ...tell(said, "NotFound", "Bird knows no such participant.") };
    if (status === 409)
      return { kind: "conflict", ...tell(said, "Conflict", "The participant's state forbids it.") };
    if (status === 400 || status === 422) {
      const told = tell(said, "ValidationFailed", "Bird rejected the request as invalid.");
      return { kind: "validation", ...told, fieldErrors: said.fieldErrors };
    }
  }
  const bad = { ...badResponse(outcome), status };
  // Bird's API may answer with a status that its documents do not name, such as 413, and say why.
  return status >= 400 ? { ...bad, message: said.message ?? bad.message, details: said.details } : bad;
}

/** Maps a call to which no response arrived. @param outcome of the update; null for reads */
export function toNoResponseFailure(
  { reason }: Pick<NoResponse, "reason">,
  outcome: UpstreamFailure["outcome"],
): UpstreamFailure | LeftFailure {
  return toInterruptFailure(reason, outcome);
}

/** Maps a call that the gateway did not make. @param isUpdate whether the failure has an outcome */
export function toNotSentFailure(
  { reason, retryAfterMs }: NotSent,
  isUpdate: boolean,
): RateLimitedFailure | UpstreamFailure | LeftFailure {
  const outcome = isUpdate ? "NOT_APPLIED" : null;
  switch (reason) {
    case "left":
    case "expired":
      return toInterruptFailure(reason, outcome);
    case "circuitOpen": {
      const message = "Bird has been failing, so it was not called. Try again in a few seconds.";
      return {
        kind: "upstream",
        code: "CircuitOpen",
        message,
        details: null,
        reason: "UNAVAILABLE",
        outcome,
      };
    }
    case "quotaExhausted":
    case "callsExhausted":
    case "noConnection":
    case "credentialResting":
    case "retriesExhausted": {
      const message = `Bird was not called: ${notSentReasons[reason]}`;
      return { kind: "rateLimited", code: "BudgetExhausted", message, details: null, retryAfterMs };
    }
  }
}

/** The reason of each call that was not sent, in words for the caller. */
const notSentReasons = {
  quotaExhausted: "the workspace's quota is used up, or Bird has told it to wait.",
  callsExhausted: "one operation may not cause more calls. Ask for less in one operation.",
  noConnection: "no connection to Bird was free in time.",
  credentialResting: "the access key rests, since Bird has denied it several times or told it to wait.",
  retriesExhausted: "the workspace may make no more retries now.",
} as const;

/** The failure for a response that Bird would not send. */
export function badResponse(outcome: UpstreamFailure["outcome"]): UpstreamFailure {
  const message = "What answered is not Bird, or not the Bird this gateway knows.";
  return { kind: "upstream", code: "BadResponse", message, details: null, reason: "BAD_RESPONSE", outcome };
}

function toInterruptFailure(
  interrupted: InterruptReason,
  outcome: UpstreamFailure["outcome"],
): UpstreamFailure | LeftFailure {
  switch (interrupted) {
    case "left":
      return left();
    case "unavailable": {
      const message = "Bird could not be reached, or broke off.";
      return {
        kind: "upstream",
        code: "Unavailable",
        message,
        details: null,
        reason: "UNAVAILABLE",
        outcome,
      };
    }
    case "timeout":
    case "expired": {
      const message = "Bird did not answer in time.";
      return { kind: "upstream", code: "Timeout", message, details: null, reason: "TIMEOUT", outcome };
    }
  }
}

function accessDenied(
  code: "Unauthenticated" | "Forbidden",
  message: string,
  said: ErrorBody,
): AccessDeniedFailure {
  const reason = code === "Forbidden" ? "FORBIDDEN" : "UNAUTHENTICATED";
  return { kind: "accessDenied", ...tell(said, code, message), reason };
}

/** The fields of a failure: Bird's own where it sent them, else those given. */
function tell(said: ErrorBody, code: string, message: string) {
  return { code: said.code ?? code, message: said.message ?? message, details: said.details };
}

/** Whether a body has a form that Bird may send with an error. */
function isBirds(body: Body): boolean {
  return body.kind === "empty" || (body.kind === "json" && isJsonObject(body.value));
}
