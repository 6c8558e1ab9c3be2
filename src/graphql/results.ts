// Maps results and failures to members of the schema's unions. The compiler checks that no kind and no member is missing.
import type { ReadResult, UpdateResult } from "../bird/client.ts";
import type { BirdFailure, ConflictFailure, ReadFailure } from "../bird/failures.ts";
import type { Participant } from "../bird/participant.ts";
import type { ConversationAddress } from "../bird/address.ts";
import type {
  ResolversInterfaceTypes,
  ResolversTypes,
  ResolversUnionTypes,
} from "./__generated__/resolvers.ts";

type Unions = ResolversUnionTypes<ResolversTypes>;
type ReadMember = Unions["ConversationParticipantResult"];
type UpdateMember = Unions["UpdateParticipantStatusResult"];

/** Maps the result of a read to a member of `ConversationParticipantResult`. */
export function toReadMember(read: ReadResult) {
  return (read.ok ? toParticipant(read.value) : toReadError(read.failure)) satisfies ReadMember;
}

/** Maps the result of an update to a member of `UpdateParticipantStatusResult`. */
export function toUpdateMember(update: UpdateResult) {
  if (update.ok) return toParticipant(update.value) satisfies UpdateMember;
  const { failure } = update;
  return (failure.kind === "conflict" ? toConflict(failure) : toReadError(failure)) satisfies UpdateMember;
}

function toParticipant(participant: Participant) {
  const conversation: ConversationAddress = {
    workspaceId: participant.workspaceId,
    id: participant.conversationId,
  };
  return { __typename: "ConversationParticipant" as const, ...participant, conversation };
}

function toConflict(failure: ConflictFailure) {
  return { __typename: "ConflictError" as const, ...told(failure) };
}

/** Maps the failure of a read to a member of `ConversationParticipantResult`. */
export function toReadError(failure: ReadFailure) {
  switch (failure.kind) {
    case "notFound":
      return { __typename: "NotFoundError" as const, ...told(failure) };
    case "validation":
      return { __typename: "ValidationError" as const, ...told(failure), fieldErrors: failure.fieldErrors };
    case "accessDenied":
      return {
        __typename: "AccessDeniedError" as const,
        ...told(failure),
        accessDeniedReason: failure.reason,
      };
    case "rateLimited": {
      const retryAfterSeconds = failure.retryAfterMs === null ? null : failure.retryAfterMs / 1000;
      return { __typename: "RateLimitedError" as const, ...told(failure), retryAfterSeconds };
    }
    case "upstream": {
      const { reason: upstreamReason, outcome, isLasting = false } = failure;
      const retryable = upstreamReason !== "BAD_RESPONSE" && !isLasting;
      return { __typename: "UpstreamError" as const, ...told(failure), upstreamReason, retryable, outcome };
    }
    case "left": {
      // It is never sent, but the schema requires a member. `hasLeft` keeps it out of the count of Bird's errors.
      const upstreamReason = "UNAVAILABLE" as const;
      return {
        __typename: "UpstreamError" as const,
        ...told(failure),
        upstreamReason,
        retryable: true,
        outcome: null,
        hasLeft: true as const,
      };
    }
  }
}

function told({ code, message, details }: BirdFailure) {
  return { code, message, details };
}

type Named = { __typename: string };
type Never<Nothing extends never> = Nothing;
/** The names of the schema's members that no function above returns. */
type Unproduced<Member extends Named, Made extends Named> = Exclude<Member["__typename"], Made["__typename"]>;

/** Does not compile while the schema has an error type that no function returns. The compiler's message names it. */
export type EveryMemberIsProduced = [
  Never<Unproduced<ReadMember, ReturnType<typeof toReadMember>>>,
  Never<Unproduced<UpdateMember, ReturnType<typeof toUpdateMember>>>,
  Never<Unproduced<ResolversInterfaceTypes<ResolversTypes>["BirdError"], ReturnType<typeof toUpdateMember>>>,
];
