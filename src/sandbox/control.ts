// The sandbox's own endpoint, which switches faults on and off from outside.
import type { IncomingMessage } from "node:http";
import type { FaultRules } from "./fault-rules.ts";
import { readJson } from "./json-body.ts";
import { birdError, methodNotAllowed, type HttpResponse } from "./reply.ts";

const FAULTS_PATH = "/_sandbox/faults";
const done: HttpResponse = { kind: "response", status: 204, headers: {}, body: "" };

/** Whether a request is for the sandbox itself and not for the API it imitates. */
export function isControlPath(rawPath: string): boolean {
  return rawPath.startsWith("/_sandbox/");
}

/**
 * Adds a rule, or forgets all. It needs no key. A web page cannot use it: before a browser sends JSON or a DELETE to
 * another origin it sends a preflight, which fails here.
 *
 * @throws InvalidFault when the rule is invalid
 */
export async function handleControl(rules: FaultRules, request: IncomingMessage): Promise<HttpResponse> {
  if (request.url !== FAULTS_PATH) return birdError(404, `The sandbox's own endpoint is ${FAULTS_PATH}.`);
  const { method = "" } = request;
  if (method === "DELETE") {
    rules.clear();
    return done;
  }
  if (method !== "POST") return methodNotAllowed(method, ["POST", "DELETE"]);
  const body = await readJson(request);
  if (!body.ok) return body.response;
  rules.add(body.value);
  return done;
}
