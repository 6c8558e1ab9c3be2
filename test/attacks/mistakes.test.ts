// Callers' mistakes that only the execution detects. They are reported to the caller, and never logged as a bug.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { conversationId, workspaceId } from "../support/bird.ts";
import { codesOf, listPlace, lookup, post, send, startAttacked, type Attacked } from "./attacked.ts";

const secret = "a-secret-of-the-router";

let gateway: Attacked;

beforeAll(async () => {
  gateway = await startAttacked({ ROUTER_SECRETS: secret });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.bird.requests.length = 0;
});

const list = `query ($i: [ParticipantIdentifierInput!]!) { conversationParticipants(${listPlace}, identifiers: $i) { __typename } }`;
const update = `mutation ($i: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $i) { __typename } }`;
const target = `workspaceId: "${workspaceId}", conversationId: "${conversationId}"`;
const entities = (representations: string) =>
  `query ($r: [_Any!] = []) { _entities(representations: ${representations}) { __typename } }`;

const mistakes: [string, { query: string; variables?: unknown; operationName?: string }][] = [
  ["a subscription", { query: "subscription { participantChanged { id } }" }],
  [
    "a subscription beside a query",
    { query: "query A { __typename } subscription B { a }", operationName: "B" },
  ],
  [
    "a query beside a subscription",
    { query: "query A { __typename } subscription B { a }", operationName: "A" },
  ],
  ["a list of 51 items that are wrong", { query: list, variables: { i: Array(51).fill(7) } }],
  ["a list of 100 items that lack a field", { query: list, variables: { i: Array(100).fill({ key: "a" }) } }],
  [
    "an object with 60 fields that are none",
    {
      query: update,
      variables: { i: Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}`, n])) },
    },
  ],
  ["no variables", { query: list }],
  ["null for a list", { query: list, variables: { i: null } }],
  [
    "null where the default made a nullable type legal",
    {
      query: `query ($k: String = "a") { conversationParticipant(${target}, key: $k, value: "b") { __typename } }`,
      variables: { k: null },
    },
  ],
  [
    "null for a field of an input",
    {
      query: `mutation ($k: String = "a") { updateParticipantStatus(input: { ${target}, key: $k, value: "b", status: ACTIVE }) { __typename } }`,
      variables: { k: null },
    },
  ],
  [
    "null for an item of a list",
    {
      query: `query ($i: ParticipantIdentifierInput = { key: "a", value: "b" }) { conversationParticipants(${target}, identifiers: [$i]) { __typename } }`,
      variables: { i: null },
    },
  ],
  [
    "null for the condition of a directive",
    { query: `query ($b: Boolean = true) { ${lookup()} @include(if: $b) }`, variables: { b: null } },
  ],
  ["null for representations", { query: entities("$r"), variables: { r: null } }],
  ["a representation that is null", { query: entities("$r"), variables: { r: [null] } }],
  ["a representation that is a text", { query: entities("$r"), variables: { r: ["a"] } }],
  ["the name of no operation", { query: "query A { __typename }", operationName: "B" }],
  ["two operations and no name", { query: "query A { __typename } query B { __typename }" }],
  ["a definition of a type", { query: "{ __typename } type A { b: String }" }],
  ["fragments only", { query: "fragment F on Query { __typename }" }],
];

describe("a mistake", () => {
  test.each(mistakes)("is reported as the caller's error, and not as a bug: %s", async (_what, body) => {
    const answer = await post(gateway, body, { "router-authorization": secret });
    expect(answer.status).toBeLessThan(500);
    expect(codesOf(answer).length).toBeGreaterThanOrEqual(1);
    expect(codesOf(answer).length).toBeLessThanOrEqual(5);
    expect(codesOf(answer)).not.toContain("INTERNAL_SERVER_ERROR");
    expect(codesOf(answer)).not.toContain(undefined);
    expect(gateway.process.stderr()).not.toContain('"event":"bug"');
    expect(gateway.bird.requests).toEqual([]);
  });

  test("with GET is also reported as the caller's error", async () => {
    const search = new URLSearchParams({ query: "subscription { a }" });
    const headers = { authorization: "AccessKey any", "apollo-require-preflight": "1" };
    const answer = await send(`${gateway.url}/graphql?${search.toString()}`, { headers });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["OPERATION_NOT_SUPPORTED"]]);
    expect(gateway.process.stderr()).not.toContain('"event":"bug"');
  });
});

describe("in production an error", () => {
  const schemaWords =
    /ParticipantIdentifierInput|UpdateParticipantStatusInput|ConversationParticipant|identifiers|workspaceId|Query|Mutation|PENDING|String|Boolean|stack/i;

  test.each<[string, string]>([
    ["a field that is not there", `{ ${lookup("{ canary }")} }`],
    ["an argument that is not there", "{ conversationParticipant(canary: 1) { __typename } }"],
    ["an argument that is missing", "{ conversationParticipant { __typename } }"],
    ["a literal of another type", `{ conversationParticipant(key: 7777, value: ["canary"]) { __typename } }`],
    [
      "an object that lacks fields",
      `mutation { updateParticipantStatus(input: { key: "canary" }) { __typename } }`,
    ],
    [
      "an enumeration's value that is not there",
      `mutation { updateParticipantStatus(input: { status: CANARY }) { __typename } }`,
    ],
    ["a type that is not there", "{ ... on Canary { a } }"],
    ["a fragment on another type", "{ ...F } fragment F on ConversationParticipant { id }"],
    ["a variable of no type", "query ($canary: Canary) { __typename }"],
    ["a selection that is missing", `{ ${lookup("")} }`],
    ["fields that cannot be merged", `{ a: ${lookup("{ a: code: canary }")} }`],
    ["a text that is no GraphQL", '{ a(b: "canary) }'],
    ["a text that ends early", "{ canary"],
    ["a text nested 7,000 deep", "{ a ".repeat(7000) + "}".repeat(7000)],
    ["lists nested 40,000 deep", `{ a(b: ${"[".repeat(7000)}1${"]".repeat(7000)}) }`],
    ["a directive that is not there", "{ __typename @canary }"],
    ["introspection", "{ __schema { types { name } } }"],
  ])("repeats nothing of the text and tells nothing of the schema: %s", async (_what, query) => {
    const { status, body, text } = await post(gateway, { query });
    expect(status).toBe(400);
    for (const { message, extensions } of body.errors ?? []) {
      expect(message).not.toMatch(schemaWords);
      expect(message).not.toMatch(/canary|7777/i);
      expect(extensions).toEqual({ code: expect.stringMatching(/^[A-Z_]+$/) });
    }
    expect(text).not.toMatch(/canary|stack/i);
  });

  test("gives the location of the mistake in the caller's text", async () => {
    const { body } = await post(gateway, { query: "{\n  __typename\n  canary\n}" });
    expect(body.errors).toEqual([
      expect.objectContaining({
        locations: [{ line: 3, column: 3 }],
        extensions: { code: "GRAPHQL_VALIDATION_FAILED" },
      }),
    ]);
  });
});
