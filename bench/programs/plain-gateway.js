// The second baseline: a minimal GraphQL gateway with Apollo Server, a DataLoader, and a Promise.all over single reads.
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import DataLoader from "dataloader";
import { Pool } from "undici";

const upstream = new Pool(process.env["UPSTREAM_URL"] ?? "");

const typeDefs = `
  type Query {
    conversationParticipant(workspaceId: ID!, conversationId: ID!, key: String!, value: String!): ConversationParticipant
  }
  type ConversationParticipant { id: ID! type: String! status: String! displayName: String contact: Contact }
  type Contact { identifierKey: String identifierValue: String }
`;

const resolvers = {
  Query: {
    /**
     * @param {unknown} _parent
     * @param {import("../participants.js").Address} address
     * @param {{ participants: DataLoader<import("../participants.js").Address, unknown, string> }} context
     */
    conversationParticipant: (_parent, address, context) => context.participants.load(address),
  },
};

const { url } = await startStandaloneServer(new ApolloServer({ typeDefs, resolvers }), {
  listen: { host: "127.0.0.1", port: 0 },
  context: async ({ req }) => ({
    participants: new DataLoader(
      (addresses) => Promise.all(addresses.map((address) => read(address, req.headers.authorization ?? ""))),
      { cacheKeyFn: JSON.stringify },
    ),
  }),
});
console.log(`plain gateway listening on ${url.replace(/\/$/, "")}`);

/**
 * @param {import("../participants.js").Address} address
 * @param {string} authorization
 */
async function read({ workspaceId, conversationId, key, value }, authorization) {
  const conversation = `/workspaces/${workspaceId}/conversations/${conversationId}`;
  const path = `${conversation}/participants/${encodeURIComponent(key)}/${encodeURIComponent(value)}`;
  const { body } = await upstream.request({ method: "GET", path, headers: { authorization } });
  return body.json();
}
