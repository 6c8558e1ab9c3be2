// The client kit in the cache of Apollo Client 3 and 4: the identity of objects, and which results it serves.
import { readdirSync } from "node:fs";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import {
  ApolloClient as ApolloClient3,
  HttpLink as HttpLink3,
  InMemoryCache as InMemoryCache3,
} from "apollo-client-3/core/index.js";
import { getOperationAST, OperationTypeNode, parse, type DocumentNode } from "graphql";
import { possibleTypes, typePolicies } from "../../client/index.ts";
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

type Variables = Record<string, unknown>;
type Policy = "cache-first" | "network-only" | "cache-and-network";

/** What the tests do with a client of either version. */
type Client = {
  query: (query: DocumentNode, variables: Variables, fetchPolicy?: Policy) => Promise<unknown>;
  mutate: (mutation: DocumentNode, variables: Variables) => Promise<unknown>;
  /** Mounts a query as a component does; the array's last item is what the component shows. */
  mount: (query: DocumentNode, variables: Variables, fetchPolicy?: Policy) => Mounted;
};
type Mounted = { shown: unknown[]; refetch: () => Promise<unknown>; unmount: () => void };

function createClient4({ url, fetch }: ClientTest): Client {
  const headers = { authorization: "AccessKey any" };
  const client = new ApolloClient({
    link: new HttpLink({ uri: url, headers, fetch }),
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
  });
  return {
    query: async (query, variables, fetchPolicy = "cache-first") =>
      (
        await client.query({
          query,
          variables,
          fetchPolicy: fetchPolicy === "cache-and-network" ? "network-only" : fetchPolicy,
        })
      ).data,
    mutate: async (mutation, variables) => (await client.mutate({ mutation, variables })).data,
    mount: (query, variables, fetchPolicy = "cache-first") => {
      const observable = client.watchQuery({ query, variables, fetchPolicy });
      const shown: unknown[] = [];
      const subscription = observable.subscribe(({ data, dataState }) => {
        if (dataState === "complete") shown.push(data);
      });
      return {
        shown,
        refetch: () => observable.refetch(),
        unmount: () => {
          subscription.unsubscribe();
        },
      };
    },
  };
}

function createClient3({ url, fetch }: ClientTest): Client {
  const headers = { authorization: "AccessKey any" };
  const client = new ApolloClient3({
    link: new HttpLink3({ uri: url, headers, fetch }),
    cache: new InMemoryCache3({ possibleTypes, typePolicies }),
  });
  return {
    query: async (query, variables, fetchPolicy = "cache-first") =>
      (
        await client.query<unknown>({
          query,
          variables,
          fetchPolicy: fetchPolicy === "cache-and-network" ? "network-only" : fetchPolicy,
        })
      ).data,
    mutate: async (mutation, variables) => (await client.mutate<unknown>({ mutation, variables })).data,
    mount: (query, variables, fetchPolicy = "cache-first") => {
      const observable = client.watchQuery<unknown>({ query, variables, fetchPolicy });
      const shown: unknown[] = [];
      const subscription = observable.subscribe(({ data, partial }) => {
        if (partial !== true && data !== undefined) shown.push(data);
      });
      return {
        shown,
        refetch: () => observable.refetch(),
        unmount: () => {
          subscription.unsubscribe();
        },
      };
    },
  };
}

const read = (selection: string): DocumentNode =>
  parse(`query ($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
    conversationParticipant(workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value) {
      __typename ${selection}
    }
  }`);
const readAll = (selection: string): DocumentNode =>
  parse(`query ($workspaceId: ID!, $conversationId: ID!, $identifiers: [ParticipantIdentifierInput!]!) {
    conversationParticipants(workspaceId: $workspaceId, conversationId: $conversationId, identifiers: $identifiers) {
      __typename ${selection}
    }
  }`);
const participant = (fields: string) => `... on ConversationParticipant { ${fields} }`;
const failure = "... on BirdError { code message }";
const identity = "workspaceId conversationId id";
const update = parse(`mutation ($input: UpdateParticipantStatusInput!) {
  updateParticipantStatus(input: $input) { __typename ${participant(`${identity} status`)} ${failure} }
}`);

const shownBy = ({ shown }: Mounted) =>
  (shown.at(-1) as { conversationParticipant?: unknown } | undefined)?.conversationParticipant;
const typenameOf = (data: unknown) =>
  (data as { conversationParticipant: { __typename: string } }).conversationParticipant.__typename;

let gateway: ClientTest;
beforeEach(async () => {
  // Each lookup is a call of its own, so that one can fail beside another.
  gateway = await startClientTest({ BIRD_BATCHING: "single" });
});
afterEach(() => gateway.close());

const twoInFirst = {
  workspaceId,
  conversationId: firstConversation,
  identifiers: [john, { key: "emailaddress", value: "second@example.com" }],
};

/** The queries that GraphiQL and the documents show. */
const examples = readdirSync("examples")
  .filter((name) => name.endsWith(".graphql"))
  .map((name): [string, DocumentNode] => [name, parse(readDocument(`examples/${name}`))])
  .filter(([, document]) => getOperationAST(document)?.operation === OperationTypeNode.QUERY);

/** Apollo Client warns in the console when a policy is missing or a write loses data. */
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

describe.each([
  ["Apollo Client 3", createClient3],
  ["Apollo Client 4", createClient4],
])("%s with the kit", (_name, createClient) => {
  describe("identifies a participant by workspace, conversation and id", () => {
    test("so one contact has a status in each conversation", async () => {
      const client = createClient(gateway);
      const query = read(participant(`${identity} status`));
      const first = client.mount(query, inFirst);
      const second = client.mount(query, inSecond);
      await gateway.settled();
      expect(shownBy(first)).toMatchObject({ status: "ACTIVE" });
      expect(shownBy(second)).toMatchObject({ status: "PENDING" });
      await client.mutate(update, { input: { ...inSecond, status: "INVITED" } });
      await gateway.settled();
      expect(shownBy(first)).toMatchObject({ status: "ACTIVE" });
      expect(shownBy(second)).toMatchObject({ status: "INVITED" });
      expect(gateway.sent.length).toBe(3);
    });

    test("also where the query gives its fields other names", async () => {
      const client = createClient(gateway);
      await client.query(
        read(participant("w: workspaceId c: conversationId id: displayName n: id status")),
        inFirst,
      );
      await client.query(read(participant("w: workspaceId c: conversationId n: id status")), inFirst);
      expect(gateway.sent.length).toBe(1);
    });

    test.each([
      ["no fields that identify", "displayName type status"],
      ["some of them", "id conversationId status"],
      ["another field as id", "workspaceId conversationId id: displayName status"],
    ])("and shows a query that selects %s", async (_what, fields) => {
      const client = createClient(gateway);
      const query = read(participant(fields));
      expect(await client.query(query, inFirst)).toMatchObject({
        conversationParticipant: { status: "ACTIVE" },
      });
      expect(await client.query(query, inSecond)).toMatchObject({
        conversationParticipant: { status: "PENDING" },
      });
      expect(await client.query(query, inFirst)).toMatchObject({
        conversationParticipant: { status: "ACTIVE" },
      });
      expect(gateway.sent.length).toBe(2);
    });
  });

  describe("lets mounted queries share what each selects", () => {
    const contact = (...fields: string[]) =>
      fields.map((field) => read(participant(`${identity} contact { ${field} }`)));
    test.each<[string, DocumentNode[]]>([
      ["two with different fields of contact", contact("identifierKey", "identifierValue")],
      [
        "three with different fields of contact",
        contact("identifierKey", "identifierValue", "platformAddress"),
      ],
      [
        "one with the identity and one without",
        [read(participant(`${identity} status`)), read(participant("displayName"))],
      ],
      [
        "one without the identity and one with it",
        [read(participant("displayName")), read(participant(`${identity} status`))],
      ],
      [
        "three without the identity",
        ["displayName", "status", "contact { identifierKey }"].map((fields) => read(participant(fields))),
      ],
      [
        "two with different fields of conversation",
        ["id", "workspaceId"].map((field) => read(participant(`${identity} conversation { ${field} }`))),
      ],
    ])("%s make one request each", async (_what, queries) => {
      const client = createClient(gateway);
      const mounted = queries.map((query) => client.mount(query, inFirst));
      await gateway.settled();
      expect(gateway.sent.length).toBe(queries.length);
      for (const one of mounted)
        expect(shownBy(one)).toMatchObject({ __typename: "ConversationParticipant" });
    });

    test("also in a list", async () => {
      const client = createClient(gateway);
      const selections = ["status", "displayName", `${identity} type`].map(participant);
      const mounted = selections.map((selection) => client.mount(readAll(selection), twoInFirst));
      await gateway.settled();
      expect(gateway.sent.length).toBe(3);
      for (const { shown } of mounted) expect(shown.at(-1)).toBeDefined();
      const others = { ...twoInFirst, identifiers: twoInFirst.identifiers.slice(1) };
      client.mount(readAll(participant("status")), others);
      await gateway.settled();
      expect(gateway.sent.length).toBe(4);
    });

    test.each([
      [
        "NotFoundError",
        404,
        ["... on BirdError { code }", "... on BirdError { message }", "... on BirdError { details }"],
      ],
      [
        "ValidationError",
        422,
        [
          "... on ValidationError { fieldErrors { path } }",
          "... on ValidationError { fieldErrors { messages } }",
        ],
      ],
      ["UpstreamError", 302, ["... on BirdError { code }", "... on UpstreamError { retryable }"]],
      [
        "AccessDeniedError",
        403,
        ["... on BirdError { code }", "... on AccessDeniedError { accessDeniedReason }"],
      ],
    ])("also where they end in %s", async (typename, status, selections) => {
      gateway.failure = { status, body: { code: "x", message: "y", details: { value: ["is wrong"] } } };
      const client = createClient(gateway);
      const mounted = selections.map((selection) => client.mount(read(selection), inFirst));
      await gateway.settled();
      expect(gateway.sent.length).toBe(selections.length);
      for (const one of mounted) expect(shownBy(one)).toMatchObject({ __typename: typename });
    });
  });

  describe("serves from the cache", () => {
    test.each([
      ["ConversationParticipant", 200],
      ["NotFoundError", 404],
      ["ValidationError", 422],
    ])("%s", async (typename, status) => {
      if (status !== 200) gateway.failure = { status };
      const client = createClient(gateway);
      const query = read(`${participant(`${identity} status`)} ${failure}`);
      for (let times = 0; times < 3; times += 1)
        expect(typenameOf(await client.query(query, inFirst))).toBe(typename);
      expect(gateway.sent.length).toBe(1);
    });
  });

  describe("does not serve from the cache", () => {
    test.each<[string, ClientTest["failure"]]>([
      ["AccessDeniedError", { status: 401 }],
      ["AccessDeniedError", { status: 403 }],
      ["RateLimitedError", { status: 429, headers: { "retry-after": "3600" } }],
      ["UpstreamError", { status: 503 }],
      ["UpstreamError", { status: 302 }],
    ])("%s, but asks again", async (typename, failed) => {
      gateway.failure = failed;
      const client = createClient(gateway);
      const query = read(`${participant(`${identity} status`)} ${failure}`);
      expect(typenameOf(await client.query(query, inFirst))).toBe(typename);
      expect(typenameOf(await client.query(query, inFirst))).toBe(typename);
      expect(gateway.sent.length).toBe(2);
    });

    test("a failure that is over", async () => {
      gateway.failure = { status: 401 };
      const client = createClient(gateway);
      const query = read(`${participant(`${identity} status`)} ${failure}`);
      expect(typenameOf(await client.query(query, inFirst))).toBe("AccessDeniedError");
      gateway.failure = null;
      for (let times = 0; times < 2; times += 1)
        expect(typenameOf(await client.query(query, inFirst))).toBe("ConversationParticipant");
      expect(gateway.sent.length).toBe(2);
    });

    test("a list with nothing but failures", async () => {
      const client = createClient(gateway);
      const query = readAll(`${participant(`${identity} status`)} ${failure}`);
      gateway.failure = { status: 403 };
      const denied = { __typename: "AccessDeniedError" };
      expect(await client.query(query, twoInFirst)).toMatchObject({
        conversationParticipants: [denied, denied],
      });
      gateway.failure = null;
      for (let times = 0; times < 2; times += 1)
        expect(await client.query(query, twoInFirst)).toMatchObject({
          conversationParticipants: [{ status: "ACTIVE" }, { status: "ACTIVE" }],
        });
      expect(gateway.sent.length).toBe(2);
    });

    test("one below a participant's conversation", async () => {
      const client = createClient(gateway);
      const below = `conversation { workspaceId id participant(key: "emailaddress", value: "second@example.com") { __typename ${failure} } }`;
      const query = read(participant(`${identity} ${below}`));
      gateway.failure = { status: 403, path: "second" };
      await client.query(query, inFirst);
      gateway.failure = null;
      for (let times = 0; times < 2; times += 1)
        expect(await client.query(query, inFirst)).toMatchObject({
          conversationParticipant: {
            conversation: { participant: { __typename: "ConversationParticipant" } },
          },
        });
      expect(gateway.sent.length).toBe(2);
    });
  });

  test("keeps a list up to date that has a participant and a temporary failure in it", async () => {
    const client = createClient(gateway);
    gateway.failure = { status: 403, path: "second" };
    const mounted = client.mount(readAll(`${participant(`${identity} status`)} ${failure}`), twoInFirst);
    await gateway.settled();
    const listWith = (status: string) => ({
      conversationParticipants: [{ status }, { __typename: "AccessDeniedError" }],
    });
    expect(mounted.shown.at(-1)).toMatchObject(listWith("ACTIVE"));
    await client.mutate(update, { input: { ...inFirst, status: "PENDING" } });
    await gateway.settled();
    expect(mounted.shown.at(-1)).toMatchObject(listWith("PENDING"));
    expect(gateway.sent.length).toBe(2);
    gateway.failure = null;
    await mounted.refetch();
    expect(mounted.shown.at(-1)).toMatchObject({
      conversationParticipants: [{ status: "PENDING" }, { status: "PENDING" }],
    });
  });

  describe("shows a failure to the component that asked", () => {
    test.each<Policy>(["cache-first", "network-only", "cache-and-network"])(
      "with %s, once",
      async (fetchPolicy) => {
        gateway.failure = { status: 403 };
        const client = createClient(gateway);
        const query = read(`${participant(`${identity} status`)} ${failure}`);
        const mounted = client.mount(query, inFirst, fetchPolicy);
        await gateway.settled();
        expect(shownBy(mounted)).toMatchObject({ __typename: "AccessDeniedError" });
        expect(gateway.sent.length).toBe(1);
        gateway.failure = null;
        await mounted.refetch();
        await gateway.settled();
        expect(shownBy(mounted)).toMatchObject({ status: "ACTIVE" });
        expect(gateway.sent.length).toBe(2);
      },
    );

    test("when a refetch fails, instead of the participant", async () => {
      const client = createClient(gateway);
      const mounted = client.mount(read(`${participant(`${identity} status`)} ${failure}`), inFirst);
      await gateway.settled();
      gateway.failure = { status: 403 };
      await mounted.refetch();
      await gateway.settled();
      expect(shownBy(mounted)).toMatchObject({ __typename: "AccessDeniedError" });
      expect(gateway.sent.length).toBe(2);
    });

    test("beside another component with the same query, in a bounded number of requests", async () => {
      const client = createClient(gateway);
      const one = client.mount(read(`${participant(`${identity} status`)} ${failure}`), inFirst);
      const other = client.mount(read(`${participant(`${identity} displayName`)} ${failure}`), inFirst);
      await gateway.settled();
      gateway.failure = { status: 403 };
      await one.refetch();
      await gateway.settled();
      expect(shownBy(one)).toMatchObject({ __typename: "AccessDeniedError" });
      expect(gateway.sent.length).toBeLessThanOrEqual(4);
      expect(shownBy(other)).toBeDefined();
    });
  });

  test.each(examples)(
    "takes %s of examples/, whatever it selects, and warns of nothing",
    async (_name, document) => {
      const client = createClient(gateway);
      for (let times = 0; times < 2; times += 1) expect(await client.query(document, {})).toBeDefined();
      expect(gateway.sent.length).toBeLessThanOrEqual(2);
    },
  );

  test("shows an updated status where the query selects the identity", async () => {
    const client = createClient(gateway);
    const mounted = client.mount(read(participant(`${identity} status`)), inFirst);
    await gateway.settled();
    await client.mutate(update, { input: { ...inFirst, status: "PENDING" } });
    await gateway.settled();
    expect(shownBy(mounted)).toMatchObject({ status: "PENDING" });
    expect(gateway.sent.length).toBe(2);
  });
});
