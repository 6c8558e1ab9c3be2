// The Bird Conversations API, operation by operation. Every call ends in a value or in one named failure.
import type { Deadline } from "../transport/deadline.ts";
import type { Outcome, UpstreamRequest } from "../transport/outcome.ts";
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
   * @param status null is sent as null; Bird does not document what it does
   */
  updateParticipant(
    key: AccessKey,
    address: ParticipantAddress,
    status: SettableStatus | null,
    deadline: Deadline,
  ): Promise<Update>;
}

export function createBirdClient(transport: Transport): BirdClient {
  return {
    getParticipant: async (key, address, deadline) => {
      const outcome = await transport.send(toRequest("GET", key, address), deadline);
      return toRead(decodeOutcome(outcome, address, null));
    },
    updateParticipant: async (key, address, status, deadline) => {
      const body = { status: status === null ? null : toWireStatus(status) };
      const outcome = await transport.send({ ...toRequest("PATCH", key, address), body }, deadline);
      return decodeOutcome(outcome, address, "UNKNOWN");
    },
  };
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

function decodeOutcome(
  outcome: Outcome,
  address: ParticipantAddress,
  ifSent: UpstreamFailure["outcome"],
): Update {
  if (outcome.kind === "noAnswer") {
    const became = ifSent !== null && !outcome.sent ? "NOT_APPLIED" : ifSent;
    return fail(toNoAnswerFailure(outcome, became));
  }
  if (outcome.status !== 200 || outcome.body.kind !== "json") return fail(toAnswerFailure(outcome, ifSent));
  const participant = decodeParticipant(outcome.body.value, address);
  return participant === null ? fail(badResponse(ifSent)) : succeed(participant);
}

/** A read cannot be in conflict with anything: whatever says 409 to one is not the Bird this gateway knows. */
function toRead(result: Update): Read {
  if (result.ok) return result;
  const { failure } = result;
  return fail(failure.kind === "conflict" ? badResponse(null) : failure);
}
