// Makes a request go wrong as its fault says.
import { STATUS_CODES } from "node:http";
import type { Fault, FaultyResponse } from "./fault-spec.ts";
import { birdError, type HttpResponse, type Reply } from "./reply.ts";

/** @param proceed carries the request out. It is not called when the fault loses the request. */
export async function misbehave(fault: Fault, proceed: () => Promise<Reply>): Promise<Reply> {
  if (fault.effect.kind === "none") {
    const reply = await proceed();
    return { ...reply, delayMs: (reply.delayMs ?? 0) + fault.latencyMs };
  }
  if (fault.applied) await proceed();
  const reply = fault.effect.kind === "response" ? toResponse(fault.effect) : fault.effect;
  return { ...reply, delayMs: fault.latencyMs };
}

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
  }
}
