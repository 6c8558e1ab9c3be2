// Makes a request go wrong as its fault says.
import { STATUS_CODES } from "node:http";
import type { Fault, FaultyResponse } from "./fault-spec.ts";
import { addOddities } from "./oddities.ts";
import { birdError, json, type HttpResponse, type Reply } from "./reply.ts";

/** A request that goes wrong. */
export type FaultyRequest = {
  /** Carries the request out. It is not called when the fault loses the request. */
  proceed: () => Promise<Reply>;
  /** Whether its connection has carried a request before. */
  isReused: boolean;
};

/** Carries the request out, or not, and gives the reply that the fault asks for. */
export async function misbehave(fault: Fault, { proceed, isReused }: FaultyRequest): Promise<Reply> {
  const { effect, oddities } = fault;
  if (oddities.includes("stale") && isReused) return { kind: "close" };
  if (effect.kind === "none") {
    const reply = await proceed();
    return addOddities({ ...reply, delayMs: (reply.delayMs ?? 0) + fault.latencyMs }, oddities);
  }
  if (fault.applied) await proceed();
  const reply = effect.kind === "response" ? toResponse(effect) : effect;
  return addOddities({ ...reply, delayMs: fault.latencyMs }, oddities);
}

/** What the shapes of other APIs find wrong. */
const problem = { field: "status", message: "is odd" };

function toResponse(fault: FaultyResponse): HttpResponse {
  const { headers, body } = toContent(fault);
  return {
    kind: "response",
    status: fault.status,
    headers: fault.retryAfter === null ? headers : { ...headers, "retry-after": fault.retryAfter },
    body,
  };
}

function toContent({ status, body }: FaultyResponse): Pick<HttpResponse, "headers" | "body"> {
  const reason = STATUS_CODES[status] ?? "Unknown Status";
  switch (body) {
    case "error":
      return birdError(status, `${reason}, because the sandbox was asked to.`);
    case "malformed":
      return { headers: { "content-type": "application/json" }, body: '{"id":"8f0b5377-2edc-4116-a8e8' };
    case "html":
      return {
        headers: { "content-type": "text/html; charset=utf-8" },
        body: `<!doctype html><html><head><title>${reason}</title></head><body><h1>${status} ${reason}</h1></body></html>`,
      };
    case "empty":
      return { headers: {}, body: "" };
    case "blank":
      return { headers: { "content-type": "application/json" }, body: "\n" };
    case "platform":
      return json(status, {
        error: { type: "invalid_request", code: "E01001", message: reason, details: [problem] },
      });
    case "messagebird":
      return json(status, { errors: [{ code: 9, description: reason, parameter: problem.field }] });
    case "problem":
      return {
        headers: { "content-type": "application/problem+json" },
        body: JSON.stringify({
          type: "about:blank",
          title: reason,
          status,
          detail: `${reason}, because the sandbox was asked to.`,
          errors: [{ detail: problem.message, pointer: `#/${problem.field}` }],
        }),
      };
    case "digits":
      return {
        headers: { "content-type": "application/json" },
        body: `{"code":12345678901234567890,"message":"${reason}","details":{"number":12345678901234567890}}`,
      };
  }
}
