import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { conversationId, john, misbehaving, pendingJohn, workspaceId } from "../support/bird.ts";
import { execute, executeForData } from "../support/execute.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import {
  ReadParticipantDocument,
  UpdateAndReadAgainDocument,
  UpdateStatusDocument,
} from "../support/__generated__/operations.ts";

let gateway: SandboxedGateway;

beforeAll(async () => {
  gateway = await startSandboxedGateway();
});
afterAll(async () => {
  await gateway.close();
});
beforeEach(() => {
  gateway.calls.length = 0;
});

async function read(address: typeof john, headers?: Record<string, string>) {
  return (await executeForData(gateway.url, ReadParticipantDocument, address, headers))
    .conversationParticipant;
}

async function update(
  address: typeof john,
  status: "PENDING" | "INVITED" | "ACTIVE" | null | undefined,
  headers?: Record<string, string>,
) {
  const input = status === undefined ? address : { ...address, status };
  return (await executeForData(gateway.url, UpdateStatusDocument, { input }, headers))
    .updateParticipantStatus;
}

async function post(body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey sandbox", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe("conversationParticipant", () => {
  test("answers with the participant", async () => {
    expect(await read(john)).toEqual({
      __typename: "ConversationParticipant",
      workspaceId,
      conversationId,
      id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
      type: "CONTACT",
      status: "ACTIVE",
      displayName: "John Doe",
      avatarUrl: "",
      contact: {
        identifierKey: "emailaddress",
        identifierValue: "john.doe@bird.com",
        platformAddress: "john.doe@bird.com",
        platformAddressSelector: null,
      },
      conversation: { workspaceId, id: conversationId },
    });
  });

  test.each([
    ["phonenumber", "+31612345678"],
    ["facebookid-164849000012345", "720197540012345"],
    ["applebc-c72f4be3-2773-4ad4-86cf-6a6b4b3cb837", "urn:mbid:c29tZSByYW5kb20gYmFzZTY0IGNvbnRlbnQ="],
  ])("finds people by %s / %s", async (key, value) => {
    expect(await read({ ...john, key, value })).toMatchObject({
      contact: { identifierKey: key, identifierValue: value },
    });
  });

  test.each([
    "a/b",
    "a+b",
    "a?b",
    "a#b",
    "a%b",
    "a%2Fb",
    "a:b",
    "a=b",
    " a b ",
    "日本語",
    "😀",
    "a\\b",
    "a;b,c'd\"e",
  ])("sends %j to Bird as exactly that value", async (value) => {
    await read({ ...john, key: value, value });
    const [call] = gateway.calls;
    const segments = call?.path.split("/").slice(-2).map(decodeURIComponent);
    expect(segments).toEqual([value, value]);
  });

  test("reads a participant once that one operation looks up ten times", async () => {
    const aliases = Array.from(
      { length: 10 },
      (_, index) => `a${index}: conversationParticipant(${args}) { __typename }`,
    );
    const { text } = await post({ query: `{ ${aliases.join(" ")} }` });
    expect(text.match(/"ConversationParticipant"/g)).toHaveLength(10);
    expect(gateway.calls).toHaveLength(1);
  });

  test("keeps the failure of one field from the others", async () => {
    const query = `{
      there: conversationParticipant(${args}) { __typename }
      gone: conversationParticipant(${args.replace("john", "nobody")}) { __typename }
      wrong: conversationParticipant(${args.replace("emailaddress", "..")}) { __typename }
    }`;
    expect(JSON.parse((await post({ query })).text)).toEqual({
      data: {
        there: { __typename: "ConversationParticipant" },
        gone: { __typename: "NotFoundError" },
        wrong: { __typename: "ValidationError" },
      },
    });
  });

  const args = `workspaceId: "${workspaceId}", conversationId: "${conversationId}", key: "emailaddress", value: "john.doe@bird.com"`;
});

describe("invalid input, which is not sent", () => {
  test.each([
    ["workspaceId", { workspaceId: "1" }],
    ["conversationId", { conversationId: "../x" }],
    ["key", { key: ".." }],
    ["value", { value: "%2e%2E" }],
  ])("is a ValidationError that names %s, and no call", async (path, wrong) => {
    const rejected = {
      __typename: "ValidationError",
      code: "InvalidInput",
      details: null,
      fieldErrors: [{ path, messages: [expect.any(String)] }],
    };
    expect(await read({ ...john, ...wrong })).toMatchObject(rejected);
    expect(await update({ ...john, ...wrong }, "ACTIVE")).toMatchObject(rejected);
    expect(gateway.calls).toEqual([]);
  });

  test("includes a missing status", async () => {
    expect(await update(john, undefined)).toMatchObject({
      __typename: "ValidationError",
      code: "InvalidInput",
      fieldErrors: [{ path: "status", messages: ["must be PENDING, INVITED, ACTIVE or null"] }],
    });
    expect(gateway.calls).toEqual([]);
  });

  test("is a status that cannot be set: the schema has none but PENDING, INVITED and ACTIVE", async () => {
    const query =
      "mutation ($input: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $input) { __typename } }";
    const inText = query
      .replace("($input: UpdateParticipantStatusInput!)", "")
      .replace("$input", "{ status: UNKNOWN }");
    const inVariable = await post({ query, variables: { input: { ...john, status: "UNKNOWN" } } });
    expect(inVariable.status).toBe(400);
    expect(inVariable.text).toContain("BAD_USER_INPUT");
    expect((await post({ query: inText })).text).toContain("GRAPHQL_VALIDATION_FAILED");
    expect(gateway.calls).toEqual([]);
  });
});

describe("updateParticipantStatus", () => {
  test("changes the status, and a later operation sees it", async () => {
    const somebody = { ...john, key: "phonenumber", value: "+31612345678" };
    expect(await update(somebody, "PENDING")).toMatchObject({
      __typename: "ConversationParticipant",
      status: "PENDING",
    });
    expect(await read(somebody)).toMatchObject({ status: "PENDING" });
    expect(await update(somebody, null)).toMatchObject({ __typename: "ConversationParticipant" });
  });

  test("is seen by a later read of the same operation, without another call", async () => {
    const { key, value } = pendingJohn;
    const data = await executeForData(gateway.url, UpdateAndReadAgainDocument, {
      first: { ...pendingJohn, status: "PENDING" },
      second: { ...pendingJohn, status: "ACTIVE" },
      key,
      value,
    });
    expect(data).toMatchObject({
      first: { status: "PENDING", conversation: { participant: { status: "PENDING" } } },
      second: { status: "ACTIVE", conversation: { participant: { status: "ACTIVE" } } },
    });
    expect(gateway.calls.map((call) => call.method)).toEqual(["PATCH", "PATCH"]);
  });

  test("is a ConflictError when Bird forbids the transition", async () => {
    expect(await update(john, "INVITED")).toMatchObject({ __typename: "ConflictError", details: null });
  });

  test("is an AccessDeniedError FORBIDDEN for a key that may only read", async () => {
    const headers = { authorization: "AccessKey sandbox-readonly" };
    expect(await read(john, headers)).toMatchObject({ __typename: "ConversationParticipant" });
    expect(await update(john, "ACTIVE", headers)).toMatchObject({
      __typename: "AccessDeniedError",
      accessDeniedReason: "FORBIDDEN",
    });
  });
});

describe("a caller", () => {
  test.each<[string, Record<string, string>]>([
    ["without a key", {}],
    ["with another scheme", { authorization: "Bearer sandbox" }],
    ["with a key that cannot be one", { authorization: "AccessKey a b" }],
  ])("%s is denied access, without a call", async (_what, headers) => {
    const denied = {
      __typename: "AccessDeniedError",
      code: "Unauthenticated",
      accessDeniedReason: "UNAUTHENTICATED",
    };
    expect(await read(john, headers)).toMatchObject(denied);
    expect(await update(john, "ACTIVE", headers)).toMatchObject(denied);
    expect(gateway.calls).toEqual([]);
  });

  test("whose key Bird does not accept is denied access by Bird", async () => {
    expect(await read(john, { authorization: "AccessKey wrong" })).toMatchObject({
      accessDeniedReason: "UNAUTHENTICATED",
    });
    expect(gateway.calls).toHaveLength(1);
  });

  test("gets back the request id it sent, or a new one", async () => {
    const { headers } = await execute(gateway.url, ReadParticipantDocument, john, {
      "x-request-id": "abc-1",
    });
    expect(headers.get("x-request-id")).toBe("abc-1");
    expect((await post("{", { "x-request-id": "no good" })).headers.get("x-request-id")).toMatch(
      /^[0-9a-f-]{36}$/,
    );
    expect((await fetch(`${gateway.url}/nowhere`)).headers.get("x-request-id")).not.toBeNull();
  });
});

describe("an invalid request", () => {
  test("never has its variables' values repeated", async () => {
    for (const variables of [
      { input: { ...john, status: "canary" } },
      { input: "canary" },
      { input: { ...john, status: "ACTIVE", other: "canary" } },
    ]) {
      const { status, text } = await post({
        query:
          "mutation ($input: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $input) { __typename } }",
        variables,
      });
      expect(status).toBe(400);
      expect(text).toMatch(/"message":"input(\.status|\.other)? (does not fit its type|is no field)/);
      expect(text).not.toContain("canary");
    }
  });

  test.each<[string, string, Record<string, string>, number]>([
    ["a body that is no JSON", '{"canary', {}, 400],
    ["a form", "query={__typename}", { "content-type": "application/x-www-form-urlencoded" }, 415],
    ["plain text", "{}", { "content-type": "text/plain" }, 415],
    ["a body of more than a megabyte", JSON.stringify({ query: "x".repeat(1024 * 1024) }), {}, 413],
    ["a list of operations", "[]", {}, 400],
  ])("is rejected in JSON: %s", async (_what, body, headers, status) => {
    const answer = await post(body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({
      errors: [{ message: expect.any(String), extensions: { code: expect.any(String) } }],
    });
    expect(answer.text).not.toContain("canary");
  });

  test("is a GET without a preflight header, but not one with it", async () => {
    const url = `${gateway.url}/graphql?query=${encodeURIComponent("{ __typename }")}`;
    expect((await fetch(url)).status).toBe(400);
    const answer = await fetch(url, { headers: { "apollo-require-preflight": "1" } });
    expect(await answer.json()).toEqual({ data: { __typename: "Query" } });
  });
});

describe("the sandbox's fault participants", () => {
  test.each([
    ["status=404", "NotFoundError"],
    ["status=409", "UpstreamError"],
    ["status=422", "ValidationError"],
    ["status=401", "AccessDeniedError"],
    ["status=403", "AccessDeniedError"],
    ["status=429", "RateLimitedError"],
    ["status=500", "UpstreamError"],
    ["reset", "UpstreamError"],
    ["malformed", "UpstreamError"],
    ["html", "UpstreamError"],
    ["html;status=404", "UpstreamError"],
  ])("the sandbox's %s is a %s", async (fault, member) => {
    expect(await read(misbehaving(fault))).toMatchObject({ __typename: member });
  });
});

describe("an operator", () => {
  test("finds the process alive and ready", async () => {
    expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
  });

  test("finds metrics without workspaces or people", async () => {
    await read(john);
    const answer = await fetch(`${gateway.url}/metrics`);
    const text = await answer.text();
    expect(answer.headers.get("content-type")).toMatch(/^text\/plain/);
    expect(text).toMatch(
      /gateway_results_total\{field="conversationParticipant",member="ConversationParticipant",reason=""\} \d+/,
    );
    expect(text).not.toMatch(/john|bird\.com|a1405560|02ec2ac2/);
  });
});
