// The Bird Conversations API, operation by operation. Every call ends in a value or in one named failure.
import type { Deadline } from "../transport/deadline.ts";
import { isServerError, type Outcome, type UpstreamRequest } from "../transport/outcome.ts";
import type { Transport } from "../transport/transport.ts";
import type { AccessKey } from "./access-key.ts";
import type { ParticipantAddress } from "./address.ts";
import { badResponse, toAnswerFailure, toNoAnswerFailure } from "./decode-failure.ts";
import type { ReadFailure, UpdateFailure, UpstreamFailure } from "./failures.ts";
import { decodeParticipant, toWireStatus, type Participant, type SettableStatus } from "./participant.ts";
import { participantPath, participantRoute } from "./paths.ts";
import { fail, succeed, type Result } from "./result.ts";

export type Read = Result<Participant, ReadFailure>;
export type Update = Result<Participant, UpdateFailure>;

export interface BirdClient {
  /** "Get participant by identifier key and value", docs.bird.com */
  getParticipant(key: AccessKey, address: ParticipantAddress, deadline: Deadline): Promise<Read>;
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
    const outcome = await transport.send(toRequest("GET", key, address), deadline);
    return toRead(decodeOutcome(outcome, address, null));
  };
  return {
    getParticipant,
    updateParticipant: async (key, address, status, deadline) => {
      const body = { status: status === null ? null : toWireStatus(status) };
      const outcome = await transport.send({ ...toRequest("PATCH", key, address), body }, deadline);
      const update = decodeOutcome(outcome, address, "UNKNOWN");
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
  if (outcome.kind === "noAnswer") return outcome.sent;
  return (
    (outcome.status >= 200 && outcome.status < 300) ||
    (outcome.body.kind === "lost" && !isServerError(outcome))
  );
}

function toRequest(method: "GET" | "PATCH", key: AccessKey, address: ParticipantAddress): UpstreamRequest {
  return {
    method,
    path: participantPath(address),
    route: participantRoute,
    workspaceId: address.workspaceId,
    authorization: key.authorization(),
  };
}

/** @param outcomeIfSent what became of an update that may have been processed; null for reads */
function decodeOutcome(
  outcome: Outcome,
  address: ParticipantAddress,
  outcomeIfSent: UpstreamFailure["outcome"],
): Update {
  if (outcome.kind === "noAnswer") {
    const becameOfIt = outcomeIfSent !== null && !outcome.sent ? "NOT_APPLIED" : outcomeIfSent;
    return fail(toNoAnswerFailure(outcome, becameOfIt));
  }
  if (outcome.status !== 200 || outcome.body.kind !== "json")
    return fail(toAnswerFailure(outcome, outcomeIfSent));
  const participant = decodeParticipant(outcome.body.value, address);
  return participant === null ? fail(badResponse(outcomeIfSent)) : succeed(participant);
}

/** A read cannot be in conflict with anything: whatever says 409 to one is not the Bird this gateway knows. */
function toRead(result: Update): Read {
  if (result.ok) return result;
  const { failure } = result;
  return fail(failure.kind === "conflict" ? badResponse(null) : failure);
}
