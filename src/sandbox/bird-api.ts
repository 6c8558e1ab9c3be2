// The Bird API itself: what a request gets when no fault is asked for. The order of the checks is part of it.
import type { IncomingMessage } from "node:http";
import { FAULT_KEY, type ParticipantAddress, type ParticipantRecord } from "./conversation.ts";
import { toEndpoint, type Endpoint } from "./endpoint.ts";
import { parseFault } from "./fault-spec.ts";
import { readJson } from "./json-body.ts";
import { misbehave } from "./misbehaviour.ts";
import { listParticipants } from "./participant-list.ts";
import { birdError, json, methodNotAllowed, type HttpResponse, type Reply } from "./reply.ts";
import { applyUpdate, checkUpdate, isConflict } from "./status-update.ts";
import type { Workspaces } from "./workspaces.ts";

type KnownEndpoint = Exclude<Endpoint, { kind: "malformed" | "unknown" }>;

const accessByCredential: ReadonlyMap<string, "read" | "update"> = new Map([
  ["AccessKey sandbox", "update"],
  ["AccessKey sandbox-readonly", "read"],
]);
const allowedMethods = { participants: ["GET"], participant: ["GET", "PATCH"] } as const;

/**
 * Handles a request to the API.
 *
 * @param isReused whether its connection has carried a request before
 * @throws InvalidFault when the request names a participant by an invalid fault spec
 */
export async function handleApi(
  workspaces: Workspaces,
  request: IncomingMessage,
  isReused: boolean,
): Promise<Reply> {
  const access = accessByCredential.get(request.headers.authorization ?? "");
  if (access === undefined) return birdError(401, "The access key is missing or unknown.");

  const endpoint = toEndpoint(request.url ?? "");
  if (endpoint.kind === "malformed") return birdError(400, "The path holds a malformed percent escape.");
  if (endpoint.kind === "unknown") return birdError(404, "There is no such endpoint.");

  const method = toMethod(request.method, endpoint);
  if (method === null) return methodNotAllowed(request.method ?? "", allowedMethods[endpoint.kind]);
  if (method === "PATCH" && access === "read") return birdError(403, "This access key may only read.");

  const workspace = workspaces.find(endpoint.workspaceId);
  if (workspace === null) return birdError(404, "There is no such workspace.");
  if (!workspace.quota.admit(method)) return birdError(429, "Too many requests in one second.");

  const conversation = workspace.find(endpoint.conversationId);
  if (conversation === null) return birdError(404, "There is no such conversation.");
  if (endpoint.kind === "participants") return listParticipants(conversation, endpoint.query);
  const { address } = endpoint;
  const record = conversation.find(address);
  if (record === null) return birdError(404, "There is no such participant in the conversation.");
  const proceed = async () =>
    (method === "GET" ? null : await rejectOrUpdate(record, request)) ?? json(200, present(record, address));
  return isFault(address) ? misbehave(parseFault(address.value), { proceed, isReused }) : proceed();
}

function toMethod(given: string | undefined, { kind }: KnownEndpoint): "GET" | "PATCH" | null {
  return allowedMethods[kind].find((method) => method === given) ?? null;
}

/** Updates the participant, or returns the response that rejects the update. */
async function rejectOrUpdate(
  record: ParticipantRecord,
  request: IncomingMessage,
): Promise<HttpResponse | null> {
  const body = await readJson(request);
  if (!body.ok) return body.response;
  const checked = checkUpdate(body.value);
  if (!checked.ok) return birdError(422, "The body does not fit.", checked.problems);
  if (isConflict(record, checked.update)) {
    return birdError(409, "The participant is active and cannot be invited again.");
  }
  applyUpdate(record, checked.update);
  return null;
}

/** One participant stands for all fault specs, so it shows the identifier that the caller used. */
function present({ current }: ParticipantRecord, address: ParticipantAddress) {
  if (!isFault(address)) return current;
  return { ...current, contact: { ...current.contact, identifierValue: address.value } };
}

function isFault(address: ParticipantAddress): address is ParticipantAddress & { kind: "identifier" } {
  return address.kind === "identifier" && address.key === FAULT_KEY;
}
