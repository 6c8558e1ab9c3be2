// The operations of relay.test.ts, as Relay wants them written: its compiler finds them in `graphql` templates.
// This file is compiled by relay-compiler only; the test imports what it makes of it.
import { graphql } from "relay-runtime";

export const read = graphql`
  query operationsReadQuery($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
    conversationParticipant(
      workspaceId: $workspaceId
      conversationId: $conversationId
      key: $key
      value: $value
    ) {
      __typename
      ... on ConversationParticipant {
        workspaceId
        conversationId
        id
        status
        contact {
          identifierValue
        }
        conversation {
          workspaceId
          id
        }
      }
      ... on BirdError {
        code
      }
    }
  }
`;

export const readWithoutIdentity = graphql`
  query operationsReadWithoutIdentityQuery(
    $workspaceId: ID!
    $conversationId: ID!
    $key: String!
    $value: String!
  ) {
    conversationParticipant(
      workspaceId: $workspaceId
      conversationId: $conversationId
      key: $key
      value: $value
    ) {
      ... on ConversationParticipant {
        status
      }
    }
  }
`;

export const update = graphql`
  mutation operationsUpdateMutation($input: UpdateParticipantStatusInput!) {
    updateParticipantStatus(input: $input) {
      __typename
      ... on ConversationParticipant {
        workspaceId
        conversationId
        id
        status
      }
      ... on BirdError {
        code
      }
    }
  }
`;
