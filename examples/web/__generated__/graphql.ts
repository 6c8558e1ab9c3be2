/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Why access was denied. */
export type AccessDeniedReason =
  /** The credential is accepted, but lacks the permission. Ask for the permission. */
  | 'FORBIDDEN'
  /** The request has no credential, or one that is not accepted. Send another. */
  | 'UNAUTHENTICATED';

/** An identifier of a participant within a conversation. */
export type ParticipantIdentifierInput = {
  /** The kind of identifier, such as `emailaddress` or `phonenumber`. 1 to 256 characters. */
  key: string;
  /** The identifier, exactly as Bird stores it. 1 to 256 characters. */
  value: string;
};

/** The status of a participant in a conversation. Updates take a SettableParticipantStatus. */
export type ParticipantStatus =
  /** The participant can send and receive messages. */
  | 'ACTIVE'
  /** The participant was invited, and has not accepted yet. */
  | 'INVITED'
  /** The participant waits for approval. */
  | 'PENDING'
  /** Bird sent a status that this gateway does not know, such as one that Bird has added since. */
  | 'UNKNOWN';

/** The kind of a participant. People are USER, CONTACT or AGENT; the others are parts of the system. */
export type ParticipantType =
  /** A program that acts with an access key. */
  | 'ACCESS_KEY'
  /** A customer service agent. */
  | 'AGENT'
  /** A bot. */
  | 'BOT'
  /** A channel, such as a WhatsApp number. */
  | 'CHANNEL'
  /** An automation of Bird's collaboration tools. */
  | 'COLLABORATION_AUTOMATION'
  /** A connector to another system. */
  | 'CONNECTOR'
  /** A customer of the company whose workspace it is. */
  | 'CONTACT'
  /** An automated flow. */
  | 'FLOW'
  /** Bird sent a type that this gateway does not know, such as one that Bird has added since. */
  | 'UNKNOWN'
  /** A user of the Bird workspace. */
  | 'USER';

/** A status that an update can set: every ParticipantStatus but UNKNOWN. */
export type SettableParticipantStatus =
  /** The participant can send and receive messages. */
  | 'ACTIVE'
  /** The participant was invited, and has not accepted yet. */
  | 'INVITED'
  /** The participant waits for approval. */
  | 'PENDING';

/** Whether an update that failed was applied. */
export type UpdateOutcome =
  /** The update was not applied. It can be sent again safely. */
  | 'NOT_APPLIED'
  /** The update was sent, and may or may not have been applied. Read the participant before you decide; sending the same status again does no harm. */
  | 'UNKNOWN';

/** Names a participant and its new status. */
export type UpdateParticipantStatusInput = {
  /** The conversation in that workspace, a UUID. */
  conversationId: string;
  /** The kind of identifier, such as `emailaddress` or `phonenumber`. 1 to 256 characters. */
  key: string;
  /**
   * The status to set.
   *
   * `null` is sent to Bird as null, which Bird accepts and does not explain. Leaving the field out is a ValidationError, and
   * nothing is sent to Bird.
   */
  status?: SettableParticipantStatus | null | undefined;
  /** The identifier, such as `john.doe@bird.com` or `+31612345678`, exactly as Bird stores it. 1 to 256 characters. */
  value: string;
  /** The Bird workspace, a UUID. */
  workspaceId: string;
};

export type ShownFragment = { workspaceId: string, conversationId: string, id: string, displayName: string | null, type: ParticipantType, status: ParticipantStatus };

type Reason_AccessDeniedError_Fragment = { accessDeniedReason: AccessDeniedReason };

type Reason_RateLimitedError_Fragment = { retryAfterSeconds: number | null };

type Reason_UpstreamError_Fragment = { retryable: boolean, outcome: UpdateOutcome | null };

type Reason_ValidationError_Fragment = { fieldErrors: Array<{ path: string, messages: Array<string> }> };

export type ReasonFragment =
  | Reason_AccessDeniedError_Fragment
  | Reason_RateLimitedError_Fragment
  | Reason_UpstreamError_Fragment
  | Reason_ValidationError_Fragment
;

export type ParticipantsQueryVariables = Exact<{
  workspaceId: string;
  conversationId: string;
  identifiers: Array<ParticipantIdentifierInput> | ParticipantIdentifierInput;
}>;


export type ParticipantsQuery = { conversationParticipants: Array<
    | { __typename: 'AccessDeniedError', accessDeniedReason: AccessDeniedReason }
    | { __typename: 'ConversationParticipant', workspaceId: string, conversationId: string, id: string, displayName: string | null, type: ParticipantType, status: ParticipantStatus }
    | { __typename: 'NotFoundError' }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number | null }
    | { __typename: 'UpstreamError', retryable: boolean, outcome: UpdateOutcome | null }
    | { __typename: 'ValidationError', fieldErrors: Array<{ path: string, messages: Array<string> }> }
  > | null };

export type SetStatusMutationVariables = Exact<{
  input: UpdateParticipantStatusInput;
}>;


export type SetStatusMutation = { updateParticipantStatus:
    | { __typename: 'AccessDeniedError', accessDeniedReason: AccessDeniedReason }
    | { __typename: 'ConflictError' }
    | { __typename: 'ConversationParticipant', workspaceId: string, conversationId: string, id: string, displayName: string | null, type: ParticipantType, status: ParticipantStatus }
    | { __typename: 'NotFoundError' }
    | { __typename: 'RateLimitedError', retryAfterSeconds: number | null }
    | { __typename: 'UpstreamError', retryable: boolean, outcome: UpdateOutcome | null }
    | { __typename: 'ValidationError', fieldErrors: Array<{ path: string, messages: Array<string> }> }
   | null };

export const ShownFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Shown"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationParticipant"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workspaceId"}},{"kind":"Field","name":{"kind":"Name","value":"conversationId"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<ShownFragment, unknown>;
export const ReasonFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Reason"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BirdError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"messages"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AccessDeniedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessDeniedReason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RateLimitedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpstreamError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<ReasonFragment, unknown>;
export const ParticipantsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Participants"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"workspaceId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"identifiers"}},"type":{"kind":"NonNullType","type":{"kind":"ListType","type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ParticipantIdentifierInput"}}}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"conversationParticipants"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"workspaceId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"workspaceId"}}},{"kind":"Argument","name":{"kind":"Name","value":"conversationId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"conversationId"}}},{"kind":"Argument","name":{"kind":"Name","value":"identifiers"},"value":{"kind":"Variable","name":{"kind":"Name","value":"identifiers"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Shown"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Reason"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Shown"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationParticipant"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workspaceId"}},{"kind":"Field","name":{"kind":"Name","value":"conversationId"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Reason"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BirdError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"messages"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AccessDeniedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessDeniedReason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RateLimitedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpstreamError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<ParticipantsQuery, ParticipantsQueryVariables>;
export const SetStatusDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"SetStatus"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateParticipantStatusInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateParticipantStatus"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Shown"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Reason"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Shown"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ConversationParticipant"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"workspaceId"}},{"kind":"Field","name":{"kind":"Name","value":"conversationId"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"displayName"}},{"kind":"Field","name":{"kind":"Name","value":"type"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Reason"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"BirdError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ValidationError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"fieldErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"path"}},{"kind":"Field","name":{"kind":"Name","value":"messages"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"AccessDeniedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessDeniedReason"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"RateLimitedError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UpstreamError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryable"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]} as unknown as DocumentNode<SetStatusMutation, SetStatusMutationVariables>;