// The Bird API itself: what a request gets when nothing misbehaves. The order of the checks is part of it.

import type { IncomingMessage } from "node:http";
import { faultKey } from "./conversation.ts";
import type { Conversation, ParticipantAddress, ParticipantRecord } from "./conversation.ts";
import { toEndpoint } from "./endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import { parseFault } from "./fault-spec.ts";
import { readJson } from "./json-body.ts";
import { misbehave } from "./misbehaviour.ts";
import { listParticipants } from "./participant-list.ts";
import { birdError, json, methodNotAllowed } from "./reply.ts";
import type { Answer, Reply } from "./reply.ts";
import { applyUpdate, checkUpdate, isConflict } from "./status-update.ts";
import type { Workspace, Workspaces } from "./workspaces.ts";

type KnownEndpoint = Exclude<Endpoint, { kind: "malformed" | "unknown" }>;

const accessByCredential: ReadonlyMap<string, "read" | "update"> = new Map([
  ["AccessKey sandbox", "update"],
  ["AccessKey sandbox-readonly", "read"],
]);
const allowedMethods = { participants: ["GET"], participant: ["GET", "PATCH"] } as const;

/** Answers a request to the API. Throws InvalidFault when it asks for a fault that makes no sense. */
export async function answerBird(workspaces: Workspaces, request: IncomingMessage): Promise<Reply> {
  const access = accessByCredential.get(request.headers.authorization ?? "");
  if (access === undefined) return birdError(401, "The access key is missing or unknown.");

  const endpoint = toEndpoint(request.url ?? "");
  if (endpoint.kind === "malformed") return birdError(400, "The path holds a malformed percent escape.");
  if (endpoint.kind === "unknown") return birdError(404, "There is no such endpoint.");

  const method = toMethod(request.method, endpoint);
  if (method === null) return methodNotAllowed(request.method ?? "", allowedMethods[endpoint.kind]);
  if (method === "PATCH" && access === "read") return birdError(403, "This access key may only read.");

  const workspace = workspaces(endpoint.workspaceId);
  if (workspace === null) return birdError(404, "There is no such workspace.");
  if (!isWithinQuota(workspace, method)) return birdError(429, "Too many requests in one second.");

  const conversation = workspace.conversation(endpoint.conversationId);
  if (conversation === null) return birdError(404, "There is no such conversation.");
  if (endpoint.kind === "participants") return listParticipants(conversation, endpoint.query);
  return answerParticipant(conversation, endpoint.address, method, request);
}

function toMethod(given: string | undefined, { kind }: KnownEndpoint): "GET" | "PATCH" | null {
  return allowedMethods[kind].find((method) => method === given) ?? null;
}

function isWithinQuota({ quota }: Workspace, method: "GET" | "PATCH"): boolean {
  return method === "GET" ? quota.admitRead() : quota.admitWrite();
}

async function answerParticipant(
  conversation: Conversation,
  address: ParticipantAddress,
  method: "GET" | "PATCH",
  request: IncomingMessage,
): Promise<Reply> {
  const record = conversation.find(address);
  if (record === null) return birdError(404, "There is no such participant in the conversation.");
  const proceed = async (): Promise<Answer> =>
    (method === "PATCH" ? await refuseOrUpdate(record, request) : null) ??
    json(200, present(record, address));
  return address.kind === "identifier" && address.key === faultKey
    ? misbehave(parseFault(address.value), proceed)
    : proceed();
}

/** The answer that refuses the update, or null when it is done. */
async function refuseOrUpdate(record: ParticipantRecord, request: IncomingMessage): Promise<Answer | null> {
  const body = await readJson(request);
  if (!body.ok) return body.answer;
  const checked = checkUpdate(body.value);
  if (!checked.ok) return birdError(422, "The body does not fit.", checked.problems);
  if (isConflict(record, checked.update)) {
    return birdError(409, "The participant is active and cannot be invited again.");
  }
  applyUpdate(record, checked.update);
  return null;
}

/** One participant stands behind all fault specs: it answers to the one it was asked by. */
function present({ current }: ParticipantRecord, address: ParticipantAddress) {
  if (address.kind === "id" || address.key !== faultKey) return current;
  return { ...current, contact: { ...current.contact, identifierValue: address.value } };
}
