// The Bird Conversations API, operation by operation. Every call ends in a value or in one named failure.
import type { Deadline } from "../operation/operation.ts";
import { isServerError, type Outcome, type UpstreamRequest } from "../transport/call.ts";
import type { Transport } from "../transport/transport.ts";
import type { AccessKey } from "./access-key.ts";
import type { ParticipantAddress, ParticipantIdAddress } from "./address.ts";
import { badResponse, toAnswerFailure, toNoAnswerFailure, toRefusal } from "./decode-failure.ts";
import type { BirdFailure, ReadFailure, UpdateFailure, UpstreamFailure } from "./failures.ts";
import { decodeParticipant, toWireStatus, type Participant, type SettableStatus } from "./participant.ts";
import { decodeParticipantPage, type ParticipantPage } from "./participant-page.ts";
import {
  participantIdPath,
  participantIdRoute,
  participantPath,
  participantRoute,
  participantsPath,
  participantsRoute,
} from "./endpoints.ts";
import { fail, succeed, type Result } from "../result.ts";

export type Read = Result<Participant, ReadFailure>;
export type PageRead = Result<ParticipantPage, ReadFailure>;
export type Update = Result<Participant, UpdateFailure>;

export interface BirdClient {
  /** "Get participant by identifier key and value", docs.bird.com */
  getParticipant(key: AccessKey, address: ParticipantAddress, deadline: Deadline): Promise<Read>;
  /** "Get participant by ID", docs.bird.com */
  getParticipantById(key: AccessKey, address: ParticipantIdAddress, deadline: Deadline): Promise<Read>;
  /** "List participants", docs.bird.com: 100 a page, from the beginning or from a page's token on. */
  listParticipants(
    key: AccessKey,
    place: { workspaceId: string; conversationId: string },
    pageToken: string | null,
    deadline: Deadline,
  ): Promise<PageRead>;
  /**
   * "Update participant by identifier key and value", docs.bird.com
   *
   * When its answer is lost, the participant is read back: the wanted status is there, or the failure says that the
   * outcome is unknown.
   *
   * @param status null is sent as null; Bird does not document what it does, so nothing is read back
   */
  updateParticipant(
    key: AccessKey,
    address: ParticipantAddress,
    status: SettableStatus | null,
    deadline: Deadline,
  ): Promise<Update>;
}

export function createBirdClient(transport: Transport): BirdClient {
  const getParticipant: BirdClient["getParticipant"] = async (key, address, deadline) => {
    const request = toRequest("GET", key, address, participantPath(address), participantRoute);
    const outcome = await transport.send(request, deadline);
    return toRead(decodeOutcome(outcome, null, (answer) => decodeParticipant(answer, address)));
  };
  return {
    getParticipant,
    getParticipantById: async (key, address, deadline) => {
      const request = toRequest("GET", key, address, participantIdPath(address), participantIdRoute);
      const outcome = await transport.send(request, deadline);
      return toRead(decodeOutcome(outcome, null, (answer) => decodeParticipant(answer, address)));
    },
    listParticipants: async (key, place, pageToken, deadline) => {
      const request = toRequest("GET", key, place, participantsPath(place, pageToken), participantsRoute);
      const outcome = await transport.send(request, deadline);
      return toRead(decodeOutcome(outcome, null, (body) => decodeParticipantPage(body, place)));
    },
    updateParticipant: async (key, address, status, deadline) => {
      const body = { status: status === null ? null : toWireStatus(status) };
      const request = toRequest("PATCH", key, address, participantPath(address), participantRoute);
      const outcome = await transport.send({ ...request, body }, deadline);
      const update = decodeOutcome(outcome, "UNKNOWN", (answer) => decodeParticipant(answer, address));
      if (update.ok || status === null || !isAnswerLost(outcome)) return update;
      // Never a blind second update: what the participant looks like now says whether the first one arrived.
      const readBack = await getParticipant(key, address, deadline);
      return readBack.ok && readBack.value.status === status ? readBack : update;
    },
  };
}

/**
 * An update was sent, and nobody can tell from the answer what became of it: none came, it broke off, or it is a
 * success that holds no participant.
 */
function isAnswerLost(outcome: Outcome): boolean {
  if (outcome.kind === "refused") return false;
  if (outcome.kind === "noAnswer") return outcome.sent;
  return (
    (outcome.status >= 200 && outcome.status < 300) ||
    (outcome.body.kind === "lost" && !isServerError(outcome))
  );
}

function toRequest(
  method: "GET" | "PATCH",
  key: AccessKey,
  { workspaceId }: { workspaceId: string },
  path: string,
  route: string,
): UpstreamRequest {
  return { method, path, route, workspaceId, credentialId: key.id(), authorization: key.authorization() };
}

/**
 * @param outcomeIfSent what became of an update that may have been processed; null for reads
 * @param decode reads the body of a 200; null when it is not what was asked for
 */
function decodeOutcome<Value>(
  outcome: Outcome,
  outcomeIfSent: UpstreamFailure["outcome"],
  decode: (body: unknown) => Value | null,
): Result<Value, BirdFailure> {
  if (outcome.kind === "refused") return fail(toRefusal(outcome, outcomeIfSent !== null));
  if (outcome.kind === "noAnswer") {
    const becameOfIt = outcomeIfSent !== null && !outcome.sent ? "NOT_APPLIED" : outcomeIfSent;
    return fail(toNoAnswerFailure(outcome, becameOfIt));
  }
  if (outcome.status !== 200 || outcome.body.kind !== "json")
    return fail(toAnswerFailure(outcome, outcomeIfSent));
  const value = decode(outcome.body.value);
  return value === null ? fail(badResponse(outcomeIfSent)) : succeed(value);
}

/** A read cannot be in conflict with anything: whatever says 409 to one is not the Bird this gateway knows. */
function toRead<Value>(result: Result<Value, BirdFailure>): Result<Value, ReadFailure> {
  if (result.ok) return result;
  const { failure } = result;
  return fail(failure.kind === "conflict" ? badResponse(null) : failure);
}
