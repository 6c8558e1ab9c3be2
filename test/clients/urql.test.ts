// The client kit in urql's Graphcache, with @urql/core 4, 5 and 6; and urql's request policies after failures.
import * as core6 from "@urql/core";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import * as graphcache6 from "graphcache-6";
import * as graphcache7 from "graphcache-7";
import * as graphcache9 from "graphcache-9";
import * as core4 from "urql-core-4";
import * as core5 from "urql-core-5";
import { buildSchema, introspectionFromSchema } from "graphql";
import { graphcacheKeys } from "../../client/index.ts";
import { readDocument } from "../support/markdown.ts";
import {
  firstConversation,
  inFirst,
  inSecond,
  john,
  startClientTest,
  workspaceId,
  type ClientTest,
} from "./gateway.ts";

type Policy = "cache-first" | "cache-and-network" | "network-only";
type Variables = Record<string, unknown>;

/** What the tests do with a client of any version. */
type Client = {
  query: (query: string, variables: Variables, policy?: Policy) => Promise<unknown>;
  mutate: (mutation: string, variables: Variables) => Promise<unknown>;
  /** Mounts a query as a component does; the last item of `shown` is what the component shows. */
  mount: (query: string, variables: Variables, policy?: Policy) => { shown: unknown[] };
};
type Core = typeof core4 | typeof core5 | typeof core6;
type CreateClient = (gateway: ClientTest) => Client;

function toClient({ Client }: Core, { url, fetch }: ClientTest, exchanges: unknown[]): Client {
  const client = new (Client as typeof core6.Client)({
    url,
    fetch,
    fetchOptions: { headers: { authorization: "AccessKey any" } },
    exchanges: exchanges as core6.Exchange[],
  });
  return {
    query: async (query, variables, requestPolicy = "cache-first") => {
      const result = await client.query<unknown>(query, variables, { requestPolicy });
      if (result.error) throw result.error;
      return result.data;
    },
    mutate: async (mutation, variables) => (await client.mutation(mutation, variables)).data as unknown,
    mount: (query, variables, requestPolicy = "cache-first") => {
      const shown: unknown[] = [];
      client.query(query, variables, { requestPolicy }).subscribe(({ data }: { data?: unknown }) => {
        if (data !== undefined && data !== null) shown.push(data);
      });
      return { shown };
    },
  };
}

/** Without the schema, Graphcache guesses the types behind unions and BirdError, and warns. */
const schema = introspectionFromSchema(buildSchema(readDocument("client/schema.graphql")));

type Graphcache<Options> = { cacheExchange: (options: Options) => unknown };

const withGraphcache =
  <Options>(core: Core, { cacheExchange }: Graphcache<Options>, options: Options): CreateClient =>
  (gateway) =>
    toClient(core, gateway, [cacheExchange(options), core.fetchExchange]);

const withDocumentCache =
  (core: Core): CreateClient =>
  (gateway) =>
    toClient(core, gateway, [core.cacheExchange, core.fetchExchange]);

const graphcaches: [string, CreateClient][] = [
  ["@urql/core 4 and Graphcache 6", withGraphcache(core4, graphcache6, { keys: graphcacheKeys, schema })],
  ["@urql/core 5 and Graphcache 7", withGraphcache(core5, graphcache7, { keys: graphcacheKeys, schema })],
  ["@urql/core 6 and Graphcache 9", withGraphcache(core6, graphcache9, { keys: graphcacheKeys, schema })],
];

const read = (selection: string) =>
  `query ($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
    conversationParticipant(workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value) {
      __typename ${selection}
    }
  }`;
const participant = (fields: string) => `... on ConversationParticipant { ${fields} }`;
const failure = "... on BirdError { code message }";
const identity = "workspaceId conversationId id";
const update = `mutation ($input: UpdateParticipantStatusInput!) {
  updateParticipantStatus(input: $input) { __typename ${participant(`${identity} status`)} ${failure} }
}`;

const resultIn = (data: unknown) =>
  (data as { conversationParticipant?: unknown } | undefined)?.conversationParticipant;

let gateway: ClientTest;
beforeEach(async () => {
  gateway = await startClientTest();
});
afterEach(() => gateway.close());

const warnings: string[] = [];
const { warn, error } = console;
beforeEach(() => {
  warnings.length = 0;
  const collect = (...words: unknown[]) => void warnings.push(words.map(String).join(" "));
  Object.assign(console, { warn: collect, error: collect });
});
afterEach(() => {
  Object.assign(console, { warn, error });
  expect(warnings).toEqual([]);
});

describe.each(graphcaches)("%s with the kit", (_name, createClient) => {
  test("give one contact a status in each conversation", async () => {
    const client = createClient(gateway);
    const query = read(participant(`${identity} status`));
    const first = client.mount(query, inFirst);
    const second = client.mount(query, inSecond);
    await gateway.settled();
    expect(resultIn(first.shown.at(-1))).toMatchObject({ status: "ACTIVE" });
    expect(resultIn(second.shown.at(-1))).toMatchObject({ status: "PENDING" });
    await client.mutate(update, { input: { ...inSecond, status: "INVITED" } });
    await gateway.settled();
    expect(resultIn(first.shown.at(-1))).toMatchObject({ status: "ACTIVE" });
    expect(resultIn(second.shown.at(-1))).toMatchObject({ status: "INVITED" });
    expect(gateway.sent.length).toBe(3);
  });

  test("tell conversations of a list apart", async () => {
    const client = createClient(gateway);
    const query = `query ($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {
      conversationParticipants(workspaceId: $workspaceId, conversationId: $conversationId, identifiers: $identifiers) {
        __typename ${participant(`${identity} status contact { identifierKey } conversation { workspaceId id }`)} ${failure}
      }
    }`;
    const variables = { workspaceId, conversationId: firstConversation, identifiers: [john] };
    await client.query(query, variables);
    await client.query(query, { ...variables, conversationId: inSecond.conversationId });
    expect(await client.query(query, variables)).toMatchObject({
      conversationParticipants: [{ status: "ACTIVE" }],
    });
    expect(gateway.sent.length).toBe(2);
  });

  test.each([
    ["no fields that identify", "displayName type status"],
    ["some of them", "id conversationId status"],
    ["them under other names", "w: workspaceId c: conversationId n: id status"],
  ])("show a query that selects %s", async (_what, fields) => {
    const client = createClient(gateway);
    const query = read(participant(fields));
    for (const [variables, status] of [
      [inFirst, "ACTIVE"],
      [inSecond, "PENDING"],
      [inFirst, "ACTIVE"],
    ] as const)
      expect(resultIn(await client.query(query, variables))).toMatchObject({ status });
    expect(gateway.sent.length).toBe(2);
  });

  test.each([
    [
      "different fields of contact",
      [
        `${identity} contact { identifierKey }`,
        `${identity} contact { identifierValue }`,
        `${identity} contact { platformAddress }`,
      ],
    ],
    ["the identity and without it", [`${identity} status`, "displayName"]],
    ["no identity", ["status", "displayName", "type"]],
  ])("answer mounted queries with %s in a bounded number of requests", async (_what, selections) => {
    const client = createClient(gateway);
    const mounted = selections.map((fields) => client.mount(read(participant(fields)), inFirst));
    await gateway.settled();
    expect(gateway.sent.length).toBeLessThanOrEqual(2 * selections.length);
    for (const { shown } of mounted)
      expect(resultIn(shown.at(-1))).toMatchObject({ __typename: "ConversationParticipant" });
  });
});

const caches: [string, CreateClient][] = [
  ...graphcaches,
  ["@urql/core 4 and its document cache", withDocumentCache(core4)],
  ["@urql/core 5 and its document cache", withDocumentCache(core5)],
  ["@urql/core 6 and its document cache", withDocumentCache(core6)],
];

describe.each(caches)("%s, after a failure that is over", (_name, createClient) => {
  const query = read(`${participant(`${identity} status`)} ${failure}`);
  const failOnce = async (client: Client) => {
    gateway.failure = { status: 403 };
    expect(resultIn(await client.query(query, inFirst))).toMatchObject({ __typename: "AccessDeniedError" });
    gateway.failure = null;
  };

  test("serve it again with cache-first", async () => {
    const client = createClient(gateway);
    await failOnce(client);
    expect(resultIn(await client.query(query, inFirst, "cache-first"))).toMatchObject({
      __typename: "AccessDeniedError",
    });
    expect(gateway.sent.length).toBe(1);
  });

  test("ask again with network-only", async () => {
    const client = createClient(gateway);
    await failOnce(client);
    expect(resultIn(await client.query(query, inFirst, "network-only"))).toMatchObject({ status: "ACTIVE" });
    expect(gateway.sent.length).toBe(2);
  });

  test("show it and ask again with cache-and-network", async () => {
    const client = createClient(gateway);
    await failOnce(client);
    const { shown } = client.mount(query, inFirst, "cache-and-network");
    await gateway.settled();
    expect(shown.map(resultIn)).toMatchObject([{ __typename: "AccessDeniedError" }, { status: "ACTIVE" }]);
    expect(gateway.sent.length).toBe(2);
  });
});
