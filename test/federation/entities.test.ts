import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import type { SandboxConversation } from "../../src/sandbox/sandbox.ts";
import { conversationId, john, misbehaving, workspaceId } from "../support/bird.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";
import { startTestGateway } from "../support/gateway.ts";
import { askAsRouter, askForEntities, entitiesQuery } from "./entities.ts";

/** How many calls reach Bird for 100 references to participants of one conversation: a page of its list. */
const CALLS_FOR_100_OF_ONE_CONVERSATION = 1;

const johnsId = "8f0b5377-2edc-4116-a8e8-6a475f245a04";
const place = { __typename: "ConversationParticipant", workspaceId, conversationId };
const byId = (id: unknown) => ({ ...place, id });
const byIdentifier = (identifierKey: unknown, identifierValue: unknown) => ({
  ...place,
  contact: { identifierKey, identifierValue },
});
const failing = (fault: string) => byIdentifier("sandbox-fault", misbehaving(fault).value);

const crowd: SandboxConversation = {
  workspaceId,
  conversationId: "7b1d5f0e-5a44-4e0a-9c34-0d0f3a1c9f55",
  participants: Array.from({ length: 100 }, (_, index) => ({
    id: `member-${index}`,
    type: "contact",
    contact: { identifierKey: "emailaddress", identifierValue: `member-${index}@example.com` },
  })),
};
const inTheCrowd = { ...place, conversationId: crowd.conversationId };
const memberById = (index: number) => ({ ...inTheCrowd, id: `member-${index}` });
const memberByIdentifier = (index: number) => ({
  ...inTheCrowd,
  contact: { identifierKey: "emailaddress", identifierValue: `member-${index}@example.com` },
});

let gateway: SandboxedGateway;

beforeAll(async () => {
  gateway = await startSandboxedGateway({}, { conversations: [crowd] });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.calls.length = 0;
});

const ask = (representations: unknown, headers?: Record<string, string>) =>
  askForEntities(gateway.url, representations, headers);

describe("a reference to a participant", () => {
  const found = {
    __typename: "ConversationParticipant",
    workspaceId,
    conversationId,
    id: johnsId,
    displayName: "John Doe",
    contact: { identifierValue: john.value },
  };

  test("by id is resolved with Bird's Get participant by ID", async () => {
    expect(await ask([byId(johnsId)])).toMatchObject({ data: { _entities: [found] } });
    expect(gateway.calls.map((call) => call.path)).toEqual([
      `/workspaces/${workspaceId}/conversations/${conversationId}/participants/${johnsId}`,
    ]);
  });

  test("by identifier is resolved as the query is", async () => {
    expect(await ask([byIdentifier(john.key, john.value)])).toMatchObject({ data: { _entities: [found] } });
    expect(gateway.calls.map((call) => call.path)).toEqual([
      `/workspaces/${workspaceId}/conversations/${conversationId}/participants/emailaddress/john.doe%40bird.com`,
    ]);
  });

  test("leads to its conversation, and to the other participants in it", async () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on ConversationParticipant { conversation { workspaceId id
        participant(key: "phonenumber", value: "+31612345678") { ... on ConversationParticipant { displayName } } } } } }`;
    const { data } = await askAsRouter(gateway.url, query, { representations: [byId(johnsId)] });
    expect(data?._entities).toEqual([
      { conversation: { workspaceId, id: conversationId, participant: { displayName: "Mila de Vries" } } },
    ]);
  });

  test("gives null, and no error, where there is no participant", async () => {
    const answer = await ask([
      byId("nobody"),
      byIdentifier("emailaddress", "nobody@example.com"),
      byId(johnsId),
    ]);
    expect(answer).toMatchObject({ status: 200, data: { _entities: [null, null, found] } });
    expect(answer.errors).toBeUndefined();
  });

  test("is read once, however often it occurs", async () => {
    const { data } = await ask([
      byId(johnsId),
      byId(johnsId),
      byIdentifier(john.key, john.value),
      byIdentifier(john.key, john.value),
    ]);
    expect(data?._entities).toEqual([found, found, found, found]);
    expect(gateway.calls).toHaveLength(1);
  });
});

describe("a reference to a conversation", () => {
  test("is resolved without a call, and leads to its participants", async () => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Conversation { id
        participant(key: "emailaddress", value: "nobody@example.com") { __typename }
        participantsByIdentifier(identifiers: [{ key: "emailaddress", value: "john.doe@bird.com" }, { key: "..", value: "x" }]) { __typename } } } }`;
    const reference = { __typename: "Conversation", workspaceId, id: conversationId };
    expect(await ask([reference])).toMatchObject({ data: { _entities: [{ id: conversationId }] } });
    expect(gateway.calls).toHaveLength(0);
    const { data } = await askAsRouter(gateway.url, query, { representations: [reference] });
    expect(data?._entities).toEqual([
      {
        id: conversationId,
        participant: { __typename: "NotFoundError" },
        participantsByIdentifier: [
          { __typename: "ConversationParticipant" },
          { __typename: "ValidationError" },
        ],
      },
    ]);
  });
});

describe("a failure", () => {
  test("is an error of its entity only, with the code of the failures table; the other entities are returned", async () => {
    const { status, data, errors } = await ask([
      byId(johnsId),
      failing("status=403"),
      failing("status=429;retry-after=100000"),
      failing("malformed"),
      byIdentifier(john.key, john.value),
    ]);
    expect(status).toBe(200);
    expect(data?._entities.map((entity) => entity?.["id"] ?? null)).toEqual([
      johnsId,
      null,
      null,
      null,
      johnsId,
    ]);
    expect(errors).toHaveLength(3);
    expect(
      Object.fromEntries((errors ?? []).map(({ path, extensions }) => [path?.join("."), extensions])),
    ).toEqual({
      "_entities.1": expect.objectContaining({
        __typename: "AccessDeniedError",
        accessDeniedReason: "FORBIDDEN",
      }),
      "_entities.2": expect.objectContaining({ __typename: "RateLimitedError", retryAfterSeconds: 1 }),
      "_entities.3": expect.objectContaining({ code: "BadResponse", retryable: false }),
    });
  });

  test("of the caller's key fails each participant, and no conversation", async () => {
    const { data, errors } = await ask(
      [
        byId(johnsId),
        byIdentifier(john.key, john.value),
        { __typename: "Conversation", workspaceId, id: conversationId },
      ],
      { authorization: "" },
    );
    expect(data?._entities).toEqual([
      null,
      null,
      { __typename: "Conversation", workspaceId, id: conversationId },
    ]);
    expect(errors?.map((error) => error.extensions?.["code"])).toEqual([
      "Unauthenticated",
      "Unauthenticated",
    ]);
    expect(gateway.calls).toHaveLength(0);
  });

  test.each(["INTERNAL_SERVER_ERROR", "BAD_USER_INPUT", "NoSuchRight"])(
    "keeps Bird's code %s, message and details, and is no bug",
    async (code) => {
      const bird = await startUpstream(
        json(403, { code, message: "Not you.", details: { role: ["missing"] } }),
      );
      const own = await startTestGateway(bird.url);
      const bugs = async () =>
        /^gateway_bugs_total (\d+)$/m.exec(await (await fetch(`${own.url}/metrics`)).text())?.[1];
      const before = await bugs();
      const { errors } = await askForEntities(own.url, [byId(johnsId)]);
      expect(errors).toEqual([
        expect.objectContaining({
          message: "Not you.",
          path: ["_entities", 0],
          extensions: expect.objectContaining({ code, details: { role: ["missing"] } }),
        }),
      ]);
      expect(await bugs()).toBe(before);
      await own.close();
      await bird.close();
    },
  );
});

describe("an invalid representation", () => {
  const uuids = { workspaceId, conversationId };
  const wrong: [string, unknown, string[]][] = [
    ["an id that leads elsewhere", byId(".."), ["id"]],
    ["an id that leads elsewhere when it is decoded", byId("%2e%2E"), ["id"]],
    ["an empty id", byId(""), ["id"]],
    ["an id that is a number", byId(7), ["id"]],
    ["an id that is null", byId(null), ["id"]],
    ["an id that is an object", byId({ toString: "x" }), ["id"]],
    [
      "no key at all",
      { __typename: "ConversationParticipant" },
      ["workspaceId", "conversationId", "contact.identifierKey", "contact.identifierValue"],
    ],
    [
      "a contact that is a text",
      { ...place, contact: "emailaddress" },
      ["contact.identifierKey", "contact.identifierValue"],
    ],
    ["a contact without a value", byIdentifier("emailaddress", undefined), ["contact.identifierValue"]],
    [
      "an identifier of dots",
      byIdentifier(".", "%252e."),
      ["contact.identifierKey", "contact.identifierValue"],
    ],
    ["an identifier that is a list", byIdentifier(["emailaddress"], "x"), ["contact.identifierKey"]],
    [
      "places that are no UUIDs",
      { ...byId("x"), workspaceId: "../..", conversationId: 5 },
      ["workspaceId", "conversationId"],
    ],
    ["a conversation that is none", { __typename: "Conversation", ...uuids, id: "../x" }, ["id"]],
  ];

  test.each(wrong)("is rejected without a call: %s", async (_what, representation, paths) => {
    const { data, errors } = await ask([
      representation,
      { __typename: "Conversation", workspaceId, id: conversationId },
    ]);
    expect(data?._entities).toEqual([null, { __typename: "Conversation", workspaceId, id: conversationId }]);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]).toMatchObject({
      path: ["_entities", 0],
      extensions: { code: "InvalidInput", fieldErrors: paths.map((path) => ({ path })) },
    });
    expect(gateway.calls).toHaveLength(0);
  });

  test.each([
    [[5]],
    [["ConversationParticipant"]],
    [[{}]],
    [[{ __typename: "Query" }]],
    [[{ __typename: "Nobody" }]],
    [[[place]]],
  ])("is rejected with its whole request when it names no entity: %j", async (representations) => {
    const { status, data, errors } = await ask([byId(johnsId), ...representations]);
    expect({ status, data }).toEqual({ status: 400, data: undefined });
    expect(errors).toEqual([expect.objectContaining({ extensions: { code: "BAD_REPRESENTATION" } })]);
    expect(gateway.calls).toHaveLength(0);
  });
});

describe("one operation", () => {
  const references = (count: number) => Array.from({ length: count }, () => byId(johnsId));
  const tooMany = (count: number) => ({
    status: 400,
    data: undefined,
    errors: [
      {
        message: `At most 200 representations can be asked for at once, not ${count}.`,
        extensions: { code: "TOO_MANY_REPRESENTATIONS" },
      },
    ],
  });

  test("may ask for 200 entities", async () => {
    const { data, errors } = await ask(references(200));
    expect(errors).toBeUndefined();
    expect(data?._entities).toHaveLength(200);
  });

  test("may not ask for 201", async () => {
    expect(await ask(references(201))).toMatchObject(tooMany(201));
    expect(gateway.calls).toHaveLength(0);
  });

  const literal = `{ __typename: "Conversation", workspaceId: "${workspaceId}", id: "${conversationId}" }`;
  test.each<[string, string, unknown]>([
    [
      "fields of other names",
      `query ($a: [_Any!]!) { a: _entities(representations: $a) { __typename } b: _entities(representations: $a) { __typename } }`,
      { a: references(101) },
    ],
    [
      "literal lists",
      `{ a: _entities(representations: [${literal.repeat(101)}]) { __typename } b: _entities(representations: [${literal.repeat(101)}]) { __typename } }`,
      {},
    ],
    [
      "a default value",
      `query ($a: [_Any!]! = [${literal.repeat(202)}]) { _entities(representations: $a) { __typename } }`,
      {},
    ],
    [
      "fragments",
      `query ($a: [_Any!]!) { ...on Query { ...F } b: _entities(representations: $a) { __typename } } fragment F on Query { a: _entities(representations: $a) { __typename } }`,
      { a: references(101) },
    ],
  ])("may not ask for more in %s either", async (_how, query, variables) => {
    expect(await askAsRouter(gateway.url, query, variables)).toMatchObject(tooMany(202));
    expect(gateway.calls).toHaveLength(0);
  });

  test("may ask for as many as the operator allows", async () => {
    const own = await startSandboxedGateway({ ROUTER_MAX_REPRESENTATIONS: "2" });
    expect((await askForEntities(own.url, references(2))).status).toBe(200);
    expect((await askForEntities(own.url, references(3))).status).toBe(400);
    await own.close();
  });

  test("gets an error for variables that only the execution finds invalid", async () => {
    const { status, errors } = await askAsRouter(gateway.url, entitiesQuery, { representations: null });
    expect([status, errors?.[0]?.extensions?.["code"]]).toEqual([400, "BAD_USER_INPUT"]);
  });
});

describe("100 references to people of one conversation", () => {
  const indexes = Array.from({ length: 100 }, (_, index) => index);

  test.each([
    ["by id", indexes.map(memberById)],
    ["by identifier", indexes.map(memberByIdentifier)],
    ["by both", indexes.map((index) => (index % 2 === 0 ? memberById(index) : memberByIdentifier(index)))],
  ])("%s reach Bird as one call, and each gets its own answer", async (_how, references) => {
    const { data, errors } = await ask(references);
    expect(errors).toBeUndefined();
    expect(data?._entities.map((entity) => entity?.["id"])).toEqual(
      indexes.map((index) => `member-${index}`),
    );
    expect(gateway.calls).toHaveLength(CALLS_FOR_100_OF_ONE_CONVERSATION);
  });
});
