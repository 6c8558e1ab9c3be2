// Participants to ask for: as many as are wanted, no two alike, and the GraphQL operations that ask for them.

const workspaceId = "a1405560-c8d3-4b1a-877d-3f449ad95352";
const conversationId = "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418";

/**
 * @typedef {{ workspaceId: string, conversationId: string, key: string, value: string }} Address
 */

/**
 * @param {number} n
 * @returns {Address}
 */
export function participant(n) {
  return { workspaceId, conversationId, key: "emailaddress", value: `customer-${n}@example.com` };
}

/**
 * One that the upstream does not have: see programs/upstream.js.
 *
 * @param {number} n
 * @returns {Address}
 */
export function missingParticipant(n) {
  return { ...participant(n), value: `missing-${n}@example.com` };
}

const fields = `
    __typename
    ... on ConversationParticipant { id type status displayName contact { identifierKey identifierValue } }
    ... on BirdError { code message }`;

const readText = `query Participant($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
  conversationParticipant(workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value) {${fields}
  }
}`;

const updateText = `mutation Update($input: UpdateParticipantStatusInput!) {
  updateParticipantStatus(input: $input) {${fields}
  }
}`;

/**
 * The text is always the same, as a client's is; only the variables differ.
 *
 * @param {Address} address
 */
export function readOperation(address) {
  return { path: "/graphql", body: { query: readText, variables: address } };
}

/**
 * @param {Address} address
 * @param {"PENDING" | "INVITED" | "ACTIVE"} status
 */
export function updateOperation(address, status) {
  return { path: "/graphql", body: { query: updateText, variables: { input: { ...address, status } } } };
}
