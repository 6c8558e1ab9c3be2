// The sandbox's own endpoint, through which misbehaviour is switched on and off from outside.

import type { IncomingMessage } from "node:http";
import type { FaultRules } from "./fault-rules.ts";
import { readJson } from "./json-body.ts";
import { birdError, methodNotAllowed } from "./reply.ts";
import type { Answer } from "./reply.ts";

const faultsPath = "/_sandbox/faults";
const done: Answer = { kind: "answer", status: 204, headers: {}, body: "" };

/** Whether a request is for the sandbox itself and not for the API it imitates. */
export function isControlPath(rawPath: string): boolean {
  return rawPath.startsWith("/_sandbox/");
}

/**
 * Adds a rule or forgets all. No key is needed, but a web page cannot drive it either: browsers ask for leave
 * before they send JSON or a DELETE to another origin, and get none. Throws InvalidFault.
 */
export async function answerControl(rules: FaultRules, request: IncomingMessage): Promise<Answer> {
  if (request.url !== faultsPath) return birdError(404, `The sandbox's own endpoint is ${faultsPath}.`);
  const { method = "" } = request;
  if (method === "DELETE") {
    rules.clear();
    return done;
  }
  if (method !== "POST") return methodNotAllowed(method, ["POST", "DELETE"]);
  const body = await readJson(request);
  if (!body.ok) return body.answer;
  rules.add(body.value);
  return done;
}
