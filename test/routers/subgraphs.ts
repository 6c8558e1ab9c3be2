// The neighbours a router composes the gateway with: small real servers, written for the tests.
import { readFileSync } from "node:fs";
import { ApolloServer } from "@apollo/server";
import { ApolloServerPluginInlineTraceDisabled } from "@apollo/server/plugin/disabled";
import { startStandaloneServer } from "@apollo/server/standalone";
import { buildSubgraphSchema } from "@apollo/subgraph";
import type { GraphQLSchemaModule } from "@apollo/subgraph/dist/schema-helper/resolverMap.js";
import { parse } from "graphql";

export type Subgraph = { name: string; url: string; sdl: string };
export type RunningSubgraph = Subgraph & {
  /** The credentials that reached it: it is entitled to none. */
  credentials: string[];
  close: () => Promise<void>;
};

/** What a message refers to: who sent it by ID, who got it by identifier. */
export type MessageOf = { text: string; senderId: string; recipient: { key: string; value: string } };

type Conversation = { workspaceId: string; id: string };

export function readSubgraph(
  name: "conversations" | "messages",
  url = `http://${name}.example.com`,
): Subgraph {
  return { name, url, sdl: readFileSync(new URL(`subgraphs/${name}.graphql`, import.meta.url), "utf8") };
}

export function startConversations(): Promise<RunningSubgraph> {
  const conversation = ({ workspaceId, id }: Conversation) => ({ workspaceId, id, subject: "An order" });
  return start("conversations", {
    Query: { conversation: (_parent: unknown, key: Conversation) => conversation(key) },
    Conversation: { __resolveReference: conversation },
  });
}

/** @param messages by conversation id */
export function startMessages(
  messages: Readonly<Record<string, readonly MessageOf[]>>,
): Promise<RunningSubgraph> {
  return start("messages", {
    Conversation: {
      messages: ({ workspaceId, id }: Conversation) => {
        const place = { workspaceId, conversationId: id };
        return messages[id]?.map(({ text, senderId, recipient: { key, value } }) => ({
          text,
          sender: { ...place, id: senderId },
          recipient: { ...place, contact: { identifierKey: key, identifierValue: value } },
        }));
      },
    },
  });
}

async function start(
  name: "conversations" | "messages",
  resolvers: NonNullable<GraphQLSchemaModule["resolvers"]>,
): Promise<RunningSubgraph> {
  const { sdl } = readSubgraph(name);
  const credentials: string[] = [];
  const server = new ApolloServer({
    schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }]),
    plugins: [ApolloServerPluginInlineTraceDisabled()],
  });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: ({ req }) => {
      const { authorization, "router-authorization": secret } = req.headers;
      credentials.push(...[authorization, secret].flat().filter((header) => header !== undefined));
      return Promise.resolve({});
    },
  });
  return { name, url, sdl, credentials, close: () => server.stop() };
}
