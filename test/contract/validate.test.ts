import { describe, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import type { Exchange } from "./recorder.ts";
import { validateExchange } from "./validate.ts";

const { workspaceId, conversationId } = john;
const place = `/workspaces/${workspaceId}/conversations/${conversationId}/participants`;
const path = `${place}/emailaddress/john.doe%40bird.com`;
const json = "application/json";
const headers = { accept: json, authorization: "AccessKey ***" };
const anError = { code: "NotFound", message: "There is nobody." };

type Doctored = { request?: Partial<Exchange["request"]>; response?: Partial<Exchange["response"]> };

function reading({ request, response }: Doctored = {}): Exchange {
  return {
    request: { method: "GET", path, headers, body: "", ...request },
    response: {
      status: 200,
      headers: { "content-type": json },
      body: JSON.stringify(aParticipant),
      ...response,
    },
  };
}

function updating({ request, response }: Doctored = {}): Exchange {
  const patch = {
    method: "PATCH",
    headers: { ...headers, "content-type": json },
    body: '{"status":"active"}',
  };
  return reading({ request: { ...patch, ...request }, response: response ?? {} });
}

function listing(results: unknown[], query = ""): Exchange {
  const body = JSON.stringify({ results, total: results.length, totalType: "exact" });
  return reading({ request: { path: place + query }, response: { body } });
}

const at = (changed: string) => reading({ request: { path: changed } });
const sending = (body: unknown) => updating({ request: { body: JSON.stringify(body) } });
const answering = (status: number, body: unknown) =>
  reading({ response: { status, body: JSON.stringify(body) } });
const refusing = (status: number, body: unknown) =>
  updating({ response: { status, body: JSON.stringify(body) } });

describe("an exchange fits", () => {
  test.each<[string, Exchange, string]>([
    ["a read", reading(), "getConversationParticipantByContact"],
    ["an update", updating(), "updateConversationParticipantByContact"],
    ["an update to null", sending({ status: null }), "updateConversationParticipantByContact"],
    [
      "a participant of whom only ID and type are known",
      answering(200, { id: "x", type: "bot" }),
      "getConversationParticipantByContact",
    ],
    [
      "an error with details",
      answering(404, { ...anError, details: { a: [1] } }),
      "getConversationParticipantByContact",
    ],
    ["a conflict", refusing(409, anError), "updateConversationParticipantByContact"],
    ["an unfit body", refusing(422, anError), "updateConversationParticipantByContact"],
    ["a rejection that is not documented", answering(429, anError), "getConversationParticipantByContact"],
    ["a read by ID", at(`${place}/8f0b5377`), "getConversationParticipantById"],
    [
      "a page",
      listing([aParticipant], "?limit=100&reversed=true&pageToken=x"),
      "listConversationParticipants",
    ],
  ])("when it is %s", (_what, exchange, operationId) => {
    expect(validateExchange(exchange)).toMatchObject({ operationId, problems: [] });
  });

  test("and its path parameters are given decoded", () => {
    expect(validateExchange(at(`${place}/a%2Fb/urn:mbid:%F0%9F%90%A6%3D`)).parameters).toEqual({
      workspaceId,
      conversationId,
      identifierKey: "a/b",
      identifierValue: "urn:mbid:🐦=",
    });
  });
});

describe("a request does not fit", () => {
  test.each<[string, Exchange, string]>([
    ["with an empty key", at(`${place}//x`), "path/identifierKey: must NOT have fewer than 1 characters"],
    ["with an empty value", at(`${place}/x/`), "path/identifierValue: must NOT have fewer than 1 characters"],
    ["without a workspace", at(path.replace(workspaceId, "")), 'path/workspaceId: must match format "uuid"'],
    [
      "with another conversation ID",
      at(path.replace(conversationId, "1")),
      'path/conversationId: must match format "uuid"',
    ],
    ["with a segment left out", at(path.replace("/participants", "")), "path: is none of the document's"],
    ["with a raw slash in the value", at(`${path}/doe`), "path: is none of the document's"],
    [
      "with a raw question mark in the value",
      at(`${path}?doe`),
      "query: must NOT have additional properties: doe",
    ],
    ["with a broken escape", at(`${path}%4`), "path/identifierValue: is not encoded as a path segment"],
    [
      "with an escape that is no UTF-8",
      at(`${path}%FF`),
      "path/identifierValue: is not encoded as a path segment",
    ],
    ["with a raw character", at(`${path}é`), "path/identifierValue: is not encoded as a path segment"],
    ["with a dot segment", at(`${place}/%2E%2e/x`), "path/identifierKey: is a dot segment"],
    ["with a limit of 0", listing([], "?limit=0"), "query/limit: must be >= 1"],
    ["with a limit that is no number", listing([], "?limit=all"), "query/limit: must be integer"],
    [
      "with another method",
      reading({ request: { method: "DELETE" } }),
      "method: is not documented for this path",
    ],
    [
      "with an update of the list",
      updating({ request: { path: place } }),
      "method: is not documented for this path",
    ],
    [
      "without an access key",
      reading({ request: { headers: { accept: json } } }),
      "authorization: must be AccessKey and a key",
    ],
    [
      "with another scheme",
      reading({ request: { headers: { ...headers, authorization: "Bearer ***" } } }),
      "authorization: must be AccessKey and a key",
    ],
    [
      "with an empty access key",
      reading({ request: { headers: { ...headers, authorization: "AccessKey " } } }),
      "authorization: must be AccessKey and a key",
    ],
    [
      "that accepts no JSON",
      reading({ request: { headers: { ...headers, accept: "text/html" } } }),
      "accept: must name application/json",
    ],
    ["to read, with a body", reading({ request: { body: "{}" } }), "request body: none is documented"],
    ["without a body", updating({ request: { body: "" } }), "request body: is not JSON"],
    [
      "that does not say it is JSON",
      updating({ request: { headers } }),
      "request body: the content type must be application/json",
    ],
    ["with an empty object", sending({}), "request body: must NOT have fewer than 1 properties"],
    [
      "with an unknown property",
      sending({ status: "active", x: 1 }),
      "request body: must NOT have additional properties: x",
    ],
    [
      "with an unknown status",
      sending({ status: "gone" }),
      "request body/status: must be equal to one of the allowed values",
    ],
  ])("%s", (_what, exchange, problem) => {
    expect(validateExchange(exchange).problems).toEqual([problem]);
  });
});

describe("an answer does not fit", () => {
  test.each<[string, Exchange, string]>([
    ["without an ID", answering(200, { type: "bot" }), "response body: must have required property 'id'"],
    ["without a type", answering(200, { id: "x" }), "response body: must have required property 'type'"],
    [
      "with a new property",
      answering(200, { ...aParticipant, age: 42 }),
      "response body: must NOT have additional properties: age",
    ],
    [
      "with a new property of the contact",
      answering(200, { ...aParticipant, contact: { x: 1 } }),
      "response body/contact: must NOT have additional properties: x",
    ],
    [
      "with null as the status",
      answering(200, { ...aParticipant, status: null }),
      "response body/status: must be string",
    ],
    [
      "with a new type",
      answering(200, { ...aParticipant, type: "robot" }),
      "response body/type: must be equal to one of the allowed values",
    ],
    [
      "with a code in another form",
      answering(404, { ...anError, code: "not_found" }),
      'response body/code: must match pattern "^([A-Z][a-z]*)+$"',
    ],
    [
      "without a message",
      answering(404, { code: "NotFound" }),
      "response body: must have required property 'message'",
    ],
    [
      "with a new property of a documented error",
      refusing(409, { ...anError, id: 1 }),
      "response body: must NOT have additional properties: id",
    ],
    [
      "with another error in another shape",
      answering(401, { error: "no" }),
      "response body: must have required property 'code'",
    ],
    ["with an error that is a text", answering(404, "NotFound"), "response body: must be object"],
    [
      "with a status that is not documented",
      answering(202, aParticipant),
      "response status: 202 is not documented",
    ],
    ["with a server's failure", answering(500, anError), "response status: 500 is not documented"],
    ["without a body", reading({ response: { body: "" } }), "response body: is not JSON"],
    [
      "that does not say it is JSON",
      reading({ response: { headers: {} } }),
      "response body: the content type must be application/json",
    ],
    [
      "with one bad participant in a page",
      listing([{ id: "x" }]),
      "response body/results/0: must have required property 'type'",
    ],
  ])("%s", (_what, exchange, problem) => {
    expect(validateExchange(exchange).problems).toContain(problem);
  });
});

test("every problem of an exchange is named, and none repeats a value", () => {
  const { problems } = validateExchange(
    updating({
      request: { path: `${place}/emailaddress/john.doe@bird.com%`, headers: {}, body: '{"status":"doe"}' },
      response: { body: '{"id":"john","type":"doe"}', headers: {} },
    }),
  );
  expect(problems).toHaveLength(7);
  expect(problems.join()).not.toMatch(/john|doe/);
});
