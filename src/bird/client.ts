// The client of the Bird Conversations API: a method for each endpoint, which returns a value or a BirdFailure.
import type { Operation } from "../operation/operation.ts";
import type { CallResult, Response, UpstreamRequest } from "../transport/call.ts";
import type { Transport } from "../transport/transport.ts";
import { fail, succeed, type Result } from "../result.ts";
import { updateWith, type UpdateSteps } from "./update.ts";
import type { AccessKey } from "./access-key.ts";
import type { ConversationIds, ParticipantAddress, ParticipantIdAddress } from "./address.ts";
import { badResponse, toNoResponseFailure, toNotSentFailure, toResponseFailure } from "./decode-failure.ts";
import * as endpoints from "./endpoints.ts";
import type { Endpoint } from "./endpoints.ts";
import type { BirdFailure, ReadFailure, UpdateFailure, UpstreamFailure } from "./failures.ts";
import { decodeParticipant, toWireStatus, type Participant, type SettableStatus } from "./participant.ts";
import { decodeParticipantPage, type ParticipantPage } from "./participant-page.ts";

/** How a read of one participant ended. */
export type ReadResult = Result<Participant, ReadFailure>;
export type PageResult = Result<ParticipantPage, ReadFailure>;
/** How an update of one participant ended. */
export type UpdateResult = Result<Participant, UpdateFailure>;

/** The API, bound to one access key and one operation. */
export interface Bird {
  /** "Get participant by identifier key and value", docs.bird.com */
  getParticipant(address: ParticipantAddress): Promise<ReadResult>;
  /** "Get participant by ID", docs.bird.com */
  getParticipantById(address: ParticipantIdAddress): Promise<ReadResult>;
  /** "List participants", docs.bird.com: a page of 100, the first one or the page of a token. */
  listParticipants(conversation: ConversationIds, pageToken: string | null): Promise<PageResult>;
  /**
   * "Update participant by identifier key and value", docs.bird.com
   *
   * Where the response does not tell whether the update was applied, the participant is looked up: see `update.ts`.
   *
   * @param status null is sent as null; Bird does not document what it does, so it is never looked up or repeated
   */
  updateParticipant(address: ParticipantAddress, status: SettableStatus | null): Promise<UpdateResult>;
}

/** The API for all operations. */
export interface BirdClient {
  /** Binds the access key and the operation of a request. */
  for(key: AccessKey, operation: Operation): Bird;
}

/** Creates the client. It does not throw: what goes wrong with a call is a failure in its result. */
export function createBirdClient(transport: Transport): BirdClient {
  return { for: (key, operation) => new BoundBird(transport, key, operation) };
}

class BoundBird implements Bird {
  readonly #transport: Transport;
  readonly #key: AccessKey;
  readonly #operation: Operation;

  constructor(transport: Transport, key: AccessKey, operation: Operation) {
    this.#transport = transport;
    this.#key = key;
    this.#operation = operation;
  }

  async getParticipant(address: ParticipantAddress): Promise<ReadResult> {
    const { read } = await this.#readParticipant(endpoints.getParticipant, address);
    return read.ok && isOtherThan(address, read.value)
      ? this.#readAgain(endpoints.getParticipant, address)
      : read;
  }

  async getParticipantById(address: ParticipantIdAddress): Promise<ReadResult> {
    const { read, result } = await this.#readParticipant(endpoints.getParticipantById, address);
    // The response may have another id than requested.
    return mayBeLate(result) && read.ok && read.value.id !== address.id
      ? this.#readAgain(endpoints.getParticipantById, address)
      : read;
  }

  async listParticipants(conversation: ConversationIds, pageToken: string | null): Promise<PageResult> {
    const { workspaceId, conversationId } = conversation;
    const result = await this.#read(
      endpoints.listParticipants,
      { workspaceId, conversationId, pageToken },
      { isOfOtherEndpoint: (body) => decodeParticipant(body, conversation) !== null },
    );
    return toRead(decodeResult(result, null, (body) => decodeParticipantPage(body, conversation)));
  }

  async updateParticipant(address: ParticipantAddress, status: SettableStatus | null): Promise<UpdateResult> {
    const body = { status: status === null ? null : toWireStatus(status) };
    // An update to null is never looked up, so nothing on its connection may be late or dead.
    const fresh = status === null;
    const request = { body, fresh, ...this.#toRequest(endpoints.updateParticipant, address) };
    const steps: UpdateSteps = {
      send: () => this.#transport.send(request, this.#operation),
      repeat: () => this.#transport.repeat(request, this.#operation),
      look: () => this.#readAgain(endpoints.getParticipant, address),
      waitToRepeat: (retryAfterMs) => this.#transport.waitToRepeat(retryAfterMs, this.#operation),
      decode: (result) =>
        decodeResult(result, "UNKNOWN", (received) => {
          const participant = decodeParticipant(received, address);
          // The response to an update to null is final.
          if (participant === null || status === null) return participant;
          // A late response to a read names the right participant, as it was before the update.
          const isEarlier = mayBeLate(result) && participant.status !== status;
          return isEarlier || isOtherThan(address, participant) ? null : participant;
        }),
    };
    return updateWith(steps, status);
  }

  /**
   * A response with another participant may belong to an earlier request, or Bird may normalize an identifier. A second read
   * on a new connection tells which: a new connection has no earlier requests.
   */
  async #readAgain<Target extends ConversationIds>(
    endpoint: Endpoint<Target>,
    target: Target,
  ): Promise<ReadResult> {
    const { read } = await this.#readParticipant(endpoint, target, true);
    return read;
  }

  async #readParticipant<Target extends ConversationIds>(
    endpoint: Endpoint<Target>,
    target: Target,
    fresh = false,
  ): Promise<{ read: ReadResult; result: CallResult }> {
    const isOfOtherEndpoint = (body: unknown) => decodeParticipantPage(body, target) !== null;
    const result = await this.#read(endpoint, target, { fresh, isOfOtherEndpoint });
    return { read: toRead(decodeResult(result, null, (body) => decodeParticipant(body, target))), result };
  }

  /** Reads. A participant in place of a page, or a page in place of a participant, belongs to an earlier request. */
  async #read<Target extends { workspaceId: string }>(
    endpoint: Endpoint<Target>,
    target: Target,
    { fresh = false, isOfOtherEndpoint }: { fresh?: boolean; isOfOtherEndpoint: (body: unknown) => boolean },
  ): Promise<CallResult> {
    const result = await this.#send(endpoint, target, fresh);
    const isLate = mayBeLate(result) && result.body.kind === "json" && isOfOtherEndpoint(result.body.value);
    return isLate ? this.#send(endpoint, target, true) : result;
  }

  #send<Target extends { workspaceId: string }>(
    endpoint: Endpoint<Target>,
    target: Target,
    fresh = false,
  ): Promise<CallResult> {
    return this.#transport.send({ fresh, ...this.#toRequest(endpoint, target) }, this.#operation);
  }

  #toRequest<Target extends { workspaceId: string }>(
    { method, effect, pathTemplate, path, retriesTimeouts = true }: Endpoint<Target>,
    target: Target,
  ): UpstreamRequest {
    return {
      method,
      effect,
      pathTemplate,
      retriesTimeouts,
      path: path(target),
      workspaceId: target.workspaceId,
      credentialId: this.#key.id(),
      authorization: this.#key.authorization(),
    };
  }
}

/** Whether it may be a response to an earlier call: that is possible on a used connection only. */
function mayBeLate(result: CallResult): result is Response {
  return result.kind === "response" && result.onUsedConnection === true;
}

/** Whether a participant has a different identifier of the requested kind. Upper and lower case are equal. */
function isOtherThan({ key, value }: ParticipantAddress, { contact }: Participant): boolean {
  const { identifierKey = null, identifierValue = null } = contact ?? {};
  if (identifierKey === null || identifierValue === null || identifierValue === value) return false;
  return (
    identifierKey.toLowerCase() === key.toLowerCase() && identifierValue.toLowerCase() !== value.toLowerCase()
  );
}

/**
 * @param outcomeIfSent the outcome of an update that may have been processed; null for reads
 * @param decode reads the body of a 200; null when the body is not the requested value
 */
function decodeResult<Value>(
  result: CallResult,
  outcomeIfSent: UpstreamFailure["outcome"],
  decode: (body: unknown) => Value | null,
): Result<Value, BirdFailure> {
  if (result.kind === "notSent") return fail(toNotSentFailure(result, outcomeIfSent !== null));
  if (result.kind === "noResponse") {
    const outcome = outcomeIfSent !== null && !result.sent ? "NOT_APPLIED" : outcomeIfSent;
    return fail(toNoResponseFailure(result, outcome));
  }
  if (result.status !== 200 || result.body.kind !== "json")
    return fail(toResponseFailure(result, outcomeIfSent));
  const value = decode(result.body.value);
  return value === null ? fail(badResponse(outcomeIfSent)) : succeed(value);
}

/** Maps a conflict to a bad response: a read cannot be in conflict, so Bird does not answer a read with 409. */
function toRead<Value>(result: Result<Value, BirdFailure>): Result<Value, ReadFailure> {
  if (result.ok) return result;
  const { failure } = result;
  return fail(failure.kind === "conflict" ? badResponse(null) : failure);
}
