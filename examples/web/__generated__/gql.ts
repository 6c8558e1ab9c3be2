/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "fragment Shown on ConversationParticipant {\n  workspaceId\n  conversationId\n  id\n  displayName\n  type\n  status\n}\n\nfragment Reason on BirdError {\n  ... on ValidationError {\n    fieldErrors {\n      path\n      messages\n    }\n  }\n  ... on AccessDeniedError {\n    accessDeniedReason\n  }\n  ... on RateLimitedError {\n    retryAfterSeconds\n  }\n  ... on UpstreamError {\n    retryable\n    outcome\n  }\n}\n\nquery Participants($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {\n  conversationParticipants(\n    workspaceId: $workspaceId\n    conversationId: $conversationId\n    identifiers: $identifiers\n  ) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}\n\nmutation SetStatus($input: UpdateParticipantStatusInput!) {\n  updateParticipantStatus(input: $input) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}": typeof types.ShownFragmentDoc,
};
const documents: Documents = {
    "fragment Shown on ConversationParticipant {\n  workspaceId\n  conversationId\n  id\n  displayName\n  type\n  status\n}\n\nfragment Reason on BirdError {\n  ... on ValidationError {\n    fieldErrors {\n      path\n      messages\n    }\n  }\n  ... on AccessDeniedError {\n    accessDeniedReason\n  }\n  ... on RateLimitedError {\n    retryAfterSeconds\n  }\n  ... on UpstreamError {\n    retryable\n    outcome\n  }\n}\n\nquery Participants($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {\n  conversationParticipants(\n    workspaceId: $workspaceId\n    conversationId: $conversationId\n    identifiers: $identifiers\n  ) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}\n\nmutation SetStatus($input: UpdateParticipantStatusInput!) {\n  updateParticipantStatus(input: $input) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}": types.ShownFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment Shown on ConversationParticipant {\n  workspaceId\n  conversationId\n  id\n  displayName\n  type\n  status\n}\n\nfragment Reason on BirdError {\n  ... on ValidationError {\n    fieldErrors {\n      path\n      messages\n    }\n  }\n  ... on AccessDeniedError {\n    accessDeniedReason\n  }\n  ... on RateLimitedError {\n    retryAfterSeconds\n  }\n  ... on UpstreamError {\n    retryable\n    outcome\n  }\n}\n\nquery Participants($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {\n  conversationParticipants(\n    workspaceId: $workspaceId\n    conversationId: $conversationId\n    identifiers: $identifiers\n  ) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}\n\nmutation SetStatus($input: UpdateParticipantStatusInput!) {\n  updateParticipantStatus(input: $input) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}"): (typeof documents)["fragment Shown on ConversationParticipant {\n  workspaceId\n  conversationId\n  id\n  displayName\n  type\n  status\n}\n\nfragment Reason on BirdError {\n  ... on ValidationError {\n    fieldErrors {\n      path\n      messages\n    }\n  }\n  ... on AccessDeniedError {\n    accessDeniedReason\n  }\n  ... on RateLimitedError {\n    retryAfterSeconds\n  }\n  ... on UpstreamError {\n    retryable\n    outcome\n  }\n}\n\nquery Participants($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {\n  conversationParticipants(\n    workspaceId: $workspaceId\n    conversationId: $conversationId\n    identifiers: $identifiers\n  ) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}\n\nmutation SetStatus($input: UpdateParticipantStatusInput!) {\n  updateParticipantStatus(input: $input) {\n    __typename\n    ...Shown\n    ...Reason\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;