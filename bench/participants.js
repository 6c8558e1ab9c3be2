// Any number of different participants, and the GraphQL operations that read and update them.

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
 * A participant that the upstream does not have: see programs/upstream.js.
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

const plainFields = "{ id type status displayName contact { identifierKey identifierValue } }";
const plainText = `query Participant($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
  conversationParticipant(workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value) ${plainFields}
}`;

const updateText = `mutation Update($input: UpdateParticipantStatusInput!) {
  updateParticipantStatus(input: $input) {${fields}
  }
}`;

/**
 * The text is always the same, as that of a client. Only the variables differ.
 *
 * @param {Address} address
 * @param {boolean} [isPlain] for a gateway without unions
 */
export function readOperation(address, isPlain = false) {
  return { path: "/graphql", body: { query: isPlain ? plainText : readText, variables: address } };
}

/**
 * A conversation for each number, with the first hundred participants in it.
 *
 * @param {number} n
 */
export function conversationOf(n) {
  return `02ec2ac2-ebec-42d3-a5f4-${String(n).padStart(12, "0")}`;
}

/** The same text for both gateways, so it selects neither `__typename` nor errors. */
const aliasesText = (() => {
  const address = 'workspaceId: $workspaceId, conversationId: $conversationId, key: "emailaddress"';
  const aliases = Array.from({ length: 100 }, (_, index) => {
    const args = `(${address}, value: "${participant(index).value}")`;
    return `a${index}: conversationParticipant${args} { ... on ConversationParticipant ${plainFields} }`;
  });
  return `query Aliases($workspaceId: ID!, $conversationId: ID!) { ${aliases.join("\n")} }`;
})();

/**
 * The first hundred participants of a conversation, an alias each.
 *
 * @param {string} conversationId
 */
export function aliasesOperation(conversationId) {
  return { path: "/graphql", body: { query: aliasesText, variables: { workspaceId, conversationId } } };
}

/**
 * @param {Address} address
 * @param {"PENDING" | "INVITED" | "ACTIVE"} status
 */
export function updateOperation(address, status) {
  return { path: "/graphql", body: { query: updateText, variables: { input: { ...address, status } } } };
}
