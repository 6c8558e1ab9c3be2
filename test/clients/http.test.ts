// What real clients send over HTTP with their defaults, and what they report of a request that the gateway rejects.
import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import * as core6 from "@urql/core";
import { afterEach, describe, expect, test } from "@jest/globals";
import { parse } from "graphql";
import { GraphQLClient } from "graphql-request";
import * as core4 from "urql-core-4";
import * as core5 from "urql-core-5";
import { GetParticipantDocument, UpdateParticipantStatusDocument } from "../../client/index.ts";
import { writeTemporary } from "../support/temporary.ts";
import { inFirst, startClientTest, type ClientTest } from "./gateway.ts";

const headers = { authorization: "AccessKey any" };

let gateway: ClientTest;
afterEach(() => gateway.close());

/** An operation that a client cannot answer from its cache. */
const field = `conversationParticipant(workspaceId: "${inFirst.workspaceId}", conversationId: "${inFirst.conversationId}", key: "emailaddress", value: "john.doe@bird.com") { ... on ConversationParticipant { status } }`;
const anyQuery = parse(`{ ${field} }`);

const methods = () => gateway.sent.map(({ method }) => method);

describe("with its defaults", () => {
  test.each([
    ["4", core4],
    ["5", core5],
    ["6", core6],
  ])("@urql/core %s reads and updates a participant", async (_version, { Client, fetchExchange }) => {
    gateway = await startClientTest();
    const { url, fetch } = gateway;
    const client = new (Client as typeof core6.Client)({
      url,
      fetch,
      fetchOptions: { headers },
      exchanges: [fetchExchange as core6.Exchange],
    });
    const read = await client.query(GetParticipantDocument, inFirst);
    expect([read.error, read.data?.conversationParticipant?.__typename]).toEqual([
      undefined,
      "ConversationParticipant",
    ]);
    const small = await client.query(parse("{ __typename }"), {});
    expect([small.error, small.data]).toEqual([undefined, { __typename: "Query" }]);
    const input = { ...inFirst, status: "INVITED" } as const;
    const updated = await client.mutation(UpdateParticipantStatusDocument, { input });
    expect(updated.data?.updateParticipantStatus).toMatchObject({ status: "INVITED" });
  });

  test("@urql/core 6 sends small queries with GET, and updates with POST", async () => {
    gateway = await startClientTest();
    const { url, fetch } = gateway;
    const exchanges = [core6.fetchExchange];
    const client = new core6.Client({ url, fetch, fetchOptions: { headers }, exchanges });
    await client.query(parse("{ __typename }"), {});
    await client.mutation(UpdateParticipantStatusDocument, { input: { ...inFirst, status: "ACTIVE" } });
    expect(methods()).toEqual(["GET", "POST"]);
  });

  test("graphql-request reads and updates a participant", async () => {
    gateway = await startClientTest();
    const client = new GraphQLClient(gateway.url, { headers, fetch: gateway.fetch });
    const read = await client.request(GetParticipantDocument, inFirst);
    expect(read.conversationParticipant?.__typename).toBe("ConversationParticipant");
    const input = { ...inFirst, status: "INVITED" } as const;
    const updated = await client.request(UpdateParticipantStatusDocument, { input });
    expect(updated.updateParticipantStatus).toMatchObject({ status: "INVITED" });
  });

  test("graphql-request reads with GET when asked to", async () => {
    gateway = await startClientTest();
    const { url, fetch } = gateway;
    const client = new GraphQLClient(url, { headers, fetch, method: "GET", jsonSerializer: JSON });
    expect(await client.request("{ __typename }")).toEqual({ __typename: "Query" });
    expect(methods()).toEqual(["GET"]);
  });
});

describe("Apollo Client 4 reports message and code of a rejected request", () => {
  const tooLong = `{ __typename } # ${"x".repeat(110_000)}`;
  test.each<
    [
      string,
      { query?: string; headers?: Record<string, string>; path?: string; method?: "GET" },
      number,
      string,
    ]
  >([
    ["for its size", { query: tooLong }, 413, "PAYLOAD_TOO_LARGE"],
    ["for its coding", { headers: { "content-encoding": "zstd" } }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    [
      "for its charset",
      { headers: { "content-type": "application/json;charset=latin1" } },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["for its address", { path: "/nowhere" }, 404, "NOT_FOUND"],
    ["for its query", { query: "{ nothing }" }, 400, "GRAPHQL_VALIDATION_FAILED"],
  ])("%s", async (_what, { query = "{ __typename }", headers: own = {}, path = "" }, status, code) => {
    gateway = await startClientTest();
    const { url, fetch } = gateway;
    let seen = 0;
    const client = new ApolloClient({
      link: new HttpLink({
        uri: `${url}${path}`,
        headers: { ...headers, ...own },
        fetch: async (...input) => {
          const answer = await fetch(...input);
          seen = answer.status;
          return answer;
        },
        print: () => query,
      }),
      cache: new InMemoryCache(),
    });
    const error = await client
      .query({ query: anyQuery, fetchPolicy: "no-cache" })
      .catch((thrown: unknown) => thrown);
    if (!CombinedGraphQLErrors.is(error)) throw error;
    expect([seen, error.errors.map(({ extensions }) => extensions?.["code"])]).toEqual([status, [code]]);
    expect(error.message.length).toBeGreaterThan(10);
  });
});

describe("Apollo Client 4 with automatic persisted queries", () => {
  const another = "{ conversationParticipants: __typename }";
  test.each<[string, Record<string, string>]>([
    ["off", {}],
    ["log", { PERSISTED_OPERATIONS: "log", PERSISTED_OPERATIONS_FILE: writeTemporary({ x: another }) }],
  ])("sends its second operation once, where persisted operations are %s", async (_mode, environment) => {
    gateway = await startClientTest(environment);
    const { url, fetch } = gateway;
    const persistedQueries = new PersistedQueryLink({
      sha256: (text: string) => createHash("sha256").update(text).digest("hex"),
    });
    const link = persistedQueries.concat(new HttpLink({ uri: url, headers, fetch }));
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    for (const name of ["first", "second", "third"])
      expect(
        (await client.query({ query: parse(`{ ${name}: ${field} }`), fetchPolicy: "no-cache" })).data,
      ).toMatchObject({ [name]: { status: "ACTIVE" } });
    expect(gateway.sent.length).toBe(4);
  });
});
