// Operations that are too large or probe the schema: the checks of graphql-cop and of the OWASP GraphQL cheat sheet.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { getIntrospectionQuery } from "graphql";
import { codesOf, listPlace, lookup, lookups, post, startAttacked, type Attacked } from "./attacked.ts";

let gateway: Attacked;

beforeAll(async () => {
  gateway = await startAttacked();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.bird.requests.length = 0;
});

const everyField = `{
  __typename
  ... on ConversationParticipant {
    workspaceId conversationId id type status displayName avatarUrl
    contact { identifierKey identifierValue platformAddress platformAddressSelector }
    conversation { workspaceId id }
  }
  ... on BirdError { code message details }
  ... on ValidationError { fieldErrors { path messages } }
  ... on AccessDeniedError { accessDeniedReason }
  ... on RateLimitedError { retryAfterSeconds }
  ... on UpstreamError { upstreamReason retryable outcome }
}`.replace(/\s+/g, " ");

const nested = (levels: number): string =>
  levels === 0
    ? "{ __typename }"
    : `{ ... on ConversationParticipant { conversation { participant(key: "a", value: "b") ${nested(levels - 1)} } } }`;
const identifiers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: "emailaddress", value: `n${index}@example.com` }));
const listOf = (count: number) =>
  `[${identifiers(count)
    .map(({ key, value }) => `{ key: "${key}", value: "${value}" }`)
    .join(" ")}]`;
const lists = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `a${index}: conversationParticipants(${listPlace}, identifiers: $i) { __typename ... on BirdError { code message } }`,
  ).join(" ");
const doublings = Array.from(
  { length: 40 },
  (_, index) => `fragment F${index} on Query { ...F${index + 1} a${index}: __typename ...F${index + 1} }`,
).join(" ");

const fragmentNames = Array.from({ length: 99 }, (_, index) => `F${index}`);

const tooLarge: [string, { query: string; variables?: unknown }][] = [
  ["101 root fields", { query: `{ ${lookups(101)} }` }],
  [
    "101 aliases of __typename",
    { query: `{ ${"x".repeat(101).replace(/x/g, (_x, at: number) => `a${at}: __typename `)} }` },
  ],
  [
    "101 root fields out of fragments",
    {
      query: `{ ...A ...B } fragment A on Query { ${lookups(60)} } fragment B on Query { ${lookups(60).replace(/a(\d+):/g, "b$1:")} }`,
    },
  ],
  ["500 times the same field", { query: `{ ${"__typename ".repeat(500)} }` }],
  [
    "30 times the same field of a participant",
    { query: `{ ${lookup(`{ ... on ConversationParticipant { ${"id ".repeat(30)} } }`)} }` },
  ],
  [
    "30 inline fragments with the same field",
    { query: `{ ${lookup(`{ ${"... on ConversationParticipant { id } ".repeat(30)} }`)} }` },
  ],
  [
    "501 aliases below the root",
    {
      query: `{ ${lookup(`{ ${Array.from({ length: 501 }, (_, index) => `a${index}: __typename`).join(" ")} }`)} }`,
    },
  ],
  [
    "101 directives",
    { query: `{ ${lookup("{ __typename }")} __typename ${"@include(if: true) ".repeat(101)} }` },
  ],
  ["depth beyond 15", { query: `{ ${lookup(nested(8))} }` }],
  [
    "inline fragments 1,500 levels deep, with fields at each level",
    { query: `${"{ __typename ... on Query ".repeat(1500)}{ __typename }${"}".repeat(1500)}` },
  ],
  [
    "an unused fragment 1,000 levels deep",
    { query: `{ __typename } fragment F on Query ${"{ a ".repeat(1000)}{ b }${"}".repeat(1000)}` },
  ],
  [
    "inline fragments 1,000 levels deep in an unused fragment",
    { query: `{ __typename } fragment F on Query ${"{ ... ".repeat(1000)}{ b }${"}".repeat(1000)}` },
  ],
  [
    "a hundred fragments whose fields may all be merged",
    {
      query: `{ ${lookup(`{ ${fragmentNames.map((name) => `...${name}`).join(" ")} }`)} } ${fragmentNames
        .map(
          (name) =>
            `fragment ${name} on ConversationParticipant { ${"contact { identifierKey identifierValue } ".repeat(10)} }`,
        )
        .join(" ")}`,
    },
  ],
  [
    "300 operations",
    { query: Array.from({ length: 300 }, (_, index) => `query Q${index} { __typename }`).join(" ") },
  ],
  [
    "a value of 1,000 lists within each other",
    { query: `{ conversationParticipant(key: ${"[".repeat(1000)}${"]".repeat(1000)}) { __typename } }` },
  ],
  ["a selection 1,000 levels deep", { query: "{ a ".repeat(1000) + "}".repeat(1000) }],
  [
    "101 fragments",
    {
      query: `{ ...F0 } ${Array.from({ length: 101 }, (_, index) => `fragment F${index} on Query { __typename }`).join(" ")}`,
    },
  ],
  [
    "fragments that double 40 times",
    { query: `{ ...F0 } ${doublings} fragment F40 on Query { __typename }` },
  ],
  [
    "101 identifiers in the text",
    { query: `{ conversationParticipants(${listPlace}, identifiers: ${listOf(101)}) { __typename } }` },
  ],
  [
    "101 identifiers in a variable",
    {
      query: `query ($i: [ParticipantIdentifierInput!]!) { conversationParticipants(${listPlace}, identifiers: $i) { __typename } }`,
      variables: { i: identifiers(101) },
    },
  ],
  [
    "100 fields with the same 100 identifiers",
    {
      query: `query ($i: [ParticipantIdentifierInput!]!) { ${lists(100)} }`,
      variables: { i: identifiers(100) },
    },
  ],
  [
    "100 identifiers in a variable's default, 100 times",
    { query: `query ($i: [ParticipantIdentifierInput!]! = ${listOf(100)}) { ${lists(100)} }` },
  ],
  [
    "lists within lists within lists",
    {
      query: `query ($i: [ParticipantIdentifierInput!]!) { conversationParticipants(${listPlace}, identifiers: $i) { ... on ConversationParticipant { conversation { participantsByIdentifier(identifiers: $i) { ... on ConversationParticipant { conversation { participantsByIdentifier(identifiers: $i) { __typename } } } } } } } }`,
      variables: { i: identifiers(100) },
    },
  ],
];

describe("an operation that is too large", () => {
  test.each(tooLarge)("is rejected for %s", async (_what, body) => {
    const answer = await post(gateway, body);
    expect(answer.status).toBe(400);
    expect(codesOf(answer)).toEqual(["OPERATION_TOO_LARGE"]);
    expect(answer.body.data).toBeUndefined();
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each([
    ["has more than 10,500 tokens", `{ ${"a ".repeat(20_000)} }`],
    ["is deeper than the parser can follow", "{ a ".repeat(7000) + "}".repeat(7000)],
  ])("is rejected when it %s", async (_what, query) => {
    const answer = await post(gateway, { query });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["GRAPHQL_PARSE_FAILED"]]);
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each([
    ["a query of 1 MB", { query: `{ ${"a".repeat(1_000_000)} }` }],
    ["variables of 1 MB", { query: "{ __typename }", variables: { a: "a".repeat(1_000_000) } }],
    [
      "10,000 representations, which no body holds",
      {
        query: "query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }",
        variables: { r: Array.from({ length: 10_000 }, () => ({ __typename: "ConversationParticipant" })) },
      },
    ],
  ])("is rejected unread when it is %s", async (_what, body) => {
    const answer = await post(gateway, body);
    expect([answer.status, codesOf(answer)]).toEqual([413, ["PAYLOAD_TOO_LARGE"]]);
    expect(gateway.bird.requests).toEqual([]);
  });
});

describe("an operation that is large and valid", () => {
  test("passes with 100 aliased lookups and every field", async () => {
    const answer = await post(gateway, { query: `{ ${lookups(100, everyField)} }` });
    expect(answer.body.errors).toBeUndefined();
    expect(answer.text.match(/"__typename":"ConversationParticipant"/g)).toHaveLength(100);
  });

  test("passes with 100 identifiers in a variable and every field", async () => {
    const query = `query ($i: [ParticipantIdentifierInput!]!) { conversationParticipants(${listPlace}, identifiers: $i) ${everyField} }`;
    const answer = await post(gateway, { query, variables: { i: identifiers(100) } });
    expect(answer.body.errors).toBeUndefined();
    expect(answer.text.match(/"__typename":"\w+"/g)).toHaveLength(100);
  });
});

describe("an invalid request", () => {
  test.each<[string, unknown, string]>([
    ["an array of operations", [{ query: "{ __typename }" }, { query: "{ __typename }" }], "BAD_REQUEST"],
    [
      "circular fragments",
      { query: "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }" },
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "ten unknown directives on one field",
      { query: `{ __typename ${"@aa".repeat(10)} }` },
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "a hundred unknown fields",
      { query: `{ ${Array.from({ length: 99 }, (_, index) => `x${index}`).join(" ")} }` },
      "GRAPHQL_VALIDATION_FAILED",
    ],
    [
      "values nested 10,000 deep",
      { query: `{ conversationParticipant(key: ${"[".repeat(7000)}${"]".repeat(7000)}) { __typename } }` },
      "GRAPHQL_",
    ],
    [
      "variables nested 20,000 deep",
      `{"query":"query ($a: String!) { ${lookup().replaceAll('"', '\\"')} b: conversationParticipant(${listPlace.replaceAll('"', '\\"')}, key: $a, value: $a) { __typename } }","variables":{"a":${"[".repeat(20_000)}${"]".repeat(20_000)}}}`,
      "BAD_USER_INPUT",
    ],
    [
      "the hash of an unknown operation",
      { extensions: { persistedQuery: { version: 1, sha256Hash: "0".repeat(64) } } },
      "PERSISTED_QUERY_NOT_SUPPORTED",
    ],
  ])("for %s gets at most five errors, and nothing is called", async (_what, body, code) => {
    const answer = await post(gateway, body);
    expect(answer.status).toBeLessThan(500);
    expect(codesOf(answer).length).toBeGreaterThanOrEqual(1);
    expect(codesOf(answer).length).toBeLessThanOrEqual(5);
    expect(codesOf(answer).every((given) => given?.startsWith(code))).toBe(true);
    expect(answer.body.data).toBeUndefined();
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each<[string, unknown]>([
    [
      "variable of the wrong type",
      {
        query: `query ($v: ID!) { conversationParticipant(workspaceId: $v, conversationId: "", key: "", value: "") { __typename } }`,
        variables: { v: { canary: "canary.mail@example.com" } },
      },
    ],
    [
      "item of a list of the wrong type",
      {
        query: `query ($i: [ParticipantIdentifierInput!]!) { conversationParticipants(${listPlace}, identifiers: $i) { __typename } }`,
        variables: { i: [{ key: "k", value: ["canary.mail@example.com"] }] },
      },
    ],
    [
      "field that is not part of an input",
      {
        query: `mutation ($i: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $i) { __typename } }`,
        variables: { i: { "canary.mail@example.com": 1 } },
      },
    ],
    [
      "value of an enumeration",
      {
        query: `mutation ($i: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $i) { __typename } }`,
        variables: {
          i: { workspaceId: "", conversationId: "", key: "", value: "", status: "canary.mail@example.com" },
        },
      },
    ],
    ["broken JSON", '{"query": "canary.mail@example.com'],
  ])("never gets back a %s", async (_what, body) => {
    const answer = await post(gateway, body);
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain("canary");
    expect(gateway.process.stderr()).not.toContain("canary");
    expect(gateway.bird.requests).toEqual([]);
  });
});

const representations = '{ __typename: "ConversationParticipant" } '.repeat(1900);

describe("the schema", () => {
  test.each([
    ["introspection", getIntrospectionQuery()],
    ["a look at one type", '{ __type(name: "Query") { name } }'],
    [
      "circular introspection",
      "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
    ],
    ["the subgraph's SDL without the secret", "{ _service { sdl } }"],
    [
      "entities without the secret",
      '{ _entities(representations: [{ __typename: "ConversationParticipant" }]) { __typename } }',
    ],
    [
      "1,900 entities without the secret",
      `{ _entities(representations: [${representations}]) { __typename } }`,
    ],
  ])("is not told by %s", async (_what, query) => {
    const answer = await post(gateway, { query });
    expect(answer.body.errors?.length).toBeGreaterThanOrEqual(1);
    expect(answer.text).not.toMatch(/"(types|sdl|fields|name)":/);
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each([
    "{ conversationParticipan { id } }",
    "{ conversationParticipant { id } }",
    `{ ${lookup("{ displayNam }")} }`,
  ])("is not suggested for %s", async (query) => {
    const answer = await post(gateway, { query });
    expect(answer.status).toBe(400);
    expect(answer.text).not.toMatch(/did you mean/i);
  });
});

afterEach(async () => {
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
});
