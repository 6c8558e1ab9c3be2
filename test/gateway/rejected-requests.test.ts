// Requests that are rejected for their form: none of them reaches Bird.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { sendBytes } from "../support/raw-client.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";

const update = {
  query:
    "mutation ($input: UpdateParticipantStatusInput!) { updateParticipantStatus(input: $input) { __typename } }",
  variables: { input: { ...john, status: "ACTIVE" } },
};
const readText = `{ conversationParticipant(workspaceId: "${john.workspaceId}", conversationId: "${john.conversationId}", key: "emailaddress", value: "john.doe@bird.com") { __typename } }`;
const graphqlJson = "application/graphql-response+json";

let bird: ScriptedUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  bird = await startUpstream(json(200, aParticipant));
  gateway = await startTestGateway(bird.url);
});
afterAll(async () => {
  await gateway.close();
  await bird.close();
});
beforeEach(() => {
  bird.requests.length = 0;
});

type Init = { method?: string; path?: string; headers?: Record<string, string>; body?: string };

async function send({ method = "POST", path = "/graphql", headers = {}, body }: Init) {
  const answer = await fetch(gateway.url + path, {
    method,
    redirect: "manual",
    headers: { authorization: "AccessKey any", ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await answer.text();
  const codes = () =>
    (JSON.parse(text) as { errors: { extensions: { code: string } }[] }).errors.map(
      ({ extensions }) => extensions.code,
    );
  return { status: answer.status, headers: answer.headers, text, codes };
}

const postUpdate = (headers: Record<string, string>) =>
  send({ headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(update) });

describe("an update", () => {
  test("is sent to Bird when its request is valid", async () => {
    expect((await postUpdate({})).status).toBe(200);
    expect(bird.requests.map(({ method }) => method)).toEqual(["PATCH"]);
  });

  test("is missing where there is an empty documentId only", async () => {
    const headers = { "content-type": "application/json" };
    const answer = await send({ headers, body: JSON.stringify({ documentId: "" }) });
    expect([answer.status, answer.codes()]).toEqual([400, ["BAD_REQUEST"]]);
  });

  test.each(["documentId", "operationName"])("may have an empty %s, which counts as absent", async (name) => {
    const body = JSON.stringify({ ...update, [name]: "" });
    expect((await send({ headers: { "content-type": "application/json" }, body })).status).toBe(200);
    expect(bird.requests.map(({ method }) => method)).toEqual(["PATCH"]);
  });

  test.each([
    ["authorization twice", "authorization: AccessKey any\r\nAuthorization: AccessKey other\r\n"],
    ["authorization twice alike", "authorization: AccessKey any\r\nauthorization: AccessKey any\r\n"],
    ["authorization first empty", "authorization:\r\nauthorization: AccessKey any\r\n"],
    ["authorization three times", "AUTHORIZATION: a\r\nauthorization: AccessKey any\r\nauthorization:\r\n"],
    ["host twice", "authorization: AccessKey any\r\nHost: b\r\n"],
    ["content-type twice", "authorization: AccessKey any\r\nContent-Type: text/plain\r\n"],
  ])("is rejected with the header %s", async (_what, headers) => {
    const body = JSON.stringify(update);
    const head = `POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`;
    const answer = await sendBytes(gateway.url, `${head}\r\n${headers}\r\n${body}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain("BAD_REQUEST");
    expect(bird.requests).toEqual([]);
  });

  test.each([
    ["an answer as a page", { accept: "text/html" }, 406, "NOT_ACCEPTABLE"],
    ["an answer as text", { accept: "text/plain, image/*;q=0.5" }, 406, "NOT_ACCEPTABLE"],
    ["anything but what there is", { accept: "application/json;q=0" }, 406, "NOT_ACCEPTABLE"],
    ["an answer as a stream of parts", { accept: "multipart/mixed" }, 406, "NOT_ACCEPTABLE"],
    ["an answer in another JSON", { accept: "application/vnd.api+json" }, 406, "NOT_ACCEPTABLE"],
    ["to send text", { "content-type": "text/plain" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    [
      "to send a form",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["to send GraphQL", { "content-type": "application/graphql" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["to send other JSON", { "content-type": "application/json-patch+json" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["to send no media type", { "content-type": "json" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    [
      "to send Latin-1",
      { "content-type": "application/json; charset=iso-8859-1" },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    [
      "to send UTF-16",
      { "content-type": 'application/json;charset="utf-16"' },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    [
      "to send two charsets",
      { "content-type": "application/json;charset=utf-8;charset=latin1" },
      415,
      "UNSUPPORTED_MEDIA_TYPE",
    ],
    ["to send zstd", { "content-encoding": "zstd" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["to send two codings", { "content-encoding": "gzip, br" }, 415, "UNSUPPORTED_MEDIA_TYPE"],
  ])("is not sent when its request wants %s", async (_what, headers, status, code) => {
    const answer = await postUpdate(headers);
    expect([answer.status, answer.codes()]).toEqual([status, [code]]);
    expect(bird.requests).toEqual([]);
  });

  test.each(["PUT", "PATCH", "DELETE", "OPTIONS"])(
    "is not sent with %s, and is told the methods there are",
    async (method) => {
      const answer = await send({
        method,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(update),
      });
      expect([answer.status, answer.codes(), answer.headers.get("allow")]).toEqual([
        405,
        ["METHOD_NOT_ALLOWED"],
        "GET, POST",
      ]);
      expect(bird.requests).toEqual([]);
    },
  );

  test.each<[Record<string, string>, number, string]>([
    [{}, 405, "METHOD_NOT_ALLOWED"],
    [{ "apollo-require-preflight": "1" }, 405, "METHOD_NOT_ALLOWED"],
    [{ accept: "text/html" }, 406, "NOT_ACCEPTABLE"],
    [{ authorization: "" }, 400, "BAD_REQUEST"],
  ])("is not sent with GET and %j", async (headers, status, code) => {
    const search = new URLSearchParams({
      query: update.query,
      variables: JSON.stringify(update.variables),
    });
    const answer = await send({ method: "GET", path: `/graphql?${search.toString()}`, headers });
    expect([answer.status, answer.codes()]).toEqual([status, [code]]);
    expect(bird.requests).toEqual([]);
  });

  test.each([
    ["is not JSON", "{"],
    ["is empty", ""],
    ["is a list of operations", JSON.stringify([update, update])],
    ["is a text", JSON.stringify("mutation")],
    [
      "has variables that are a text",
      JSON.stringify({ ...update, variables: JSON.stringify(update.variables) }),
    ],
    ["has a query that is a list", JSON.stringify({ ...update, query: [update.query] })],
    ["names an operation that is not in it", JSON.stringify({ ...update, operationName: "Other" })],
  ])("is not sent when its body %s", async (_what, body) => {
    const answer = await send({ headers: { "content-type": "application/json" }, body });
    expect(answer.status).toBe(400);
    expect(bird.requests).toEqual([]);
  });
});

describe("a query with GET", () => {
  const get = (headers: Record<string, string>, path = `/graphql?query=${encodeURIComponent(readText)}`) =>
    fetch(gateway.url + path, { headers });

  test.each<[string, Record<string, string>]>([
    ["Authorization", { authorization: "AccessKey any" }],
    ["Authorization of another case", { authorization: "accesskey any" }],
    ["a token", { authorization: "Bearer a.b.c" }],
    ["apollo-require-preflight", { "apollo-require-preflight": "1" }],
    ["x-apollo-operation-name", { "x-apollo-operation-name": "Read" }],
    ["a content-type that no form has", { "content-type": "application/json" }],
  ])("is answered with %s, which no browser sends to another origin unasked", async (_what, headers) => {
    expect((await get(headers)).status).toBe(200);
  });

  test.each<[string, Record<string, string>]>([
    ["nothing of the kind", {}],
    ["an empty Authorization", { authorization: "" }],
    ["a password that browsers keep", { authorization: "Basic YTpi" }],
    ["Windows' own login", { authorization: "Negotiate YTpi" }],
    ["the content-type of a form", { "content-type": "text/plain;charset=utf-8" }],
    ["an origin and cookies", { origin: "https://evil.example.com", cookie: "a=b" }],
  ])("is rejected with %s", async (_what, headers) => {
    const answer = await get(headers);
    expect(answer.status).toBe(400);
    expect(bird.requests).toEqual([]);
  });

  test("takes an empty parameter for an absent one", async () => {
    const search = `query=${encodeURIComponent(readText)}&variables=&extensions=&operationName=&documentId=`;
    const answer = await get({ authorization: "AccessKey any" }, `/graphql?${search}`);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { data: { conversationParticipant: { __typename: "ConversationParticipant" } } },
    ]);
  });

  test.each(["query=", "", "variables={}", "query=%20"])(
    "is rejected when it has no operation: %j",
    async (search) => {
      expect((await get({ authorization: "AccessKey any" }, `/graphql?${search}`)).status).toBe(400);
    },
  );

  test.each(["variables=1", "variables=[]", "variables={", "extensions=null1", "query=a&query=b"])(
    "is rejected for %s",
    async (search) => {
      const path = `/graphql?query=${encodeURIComponent(readText)}&${search}`;
      expect((await get({ authorization: "AccessKey any" }, path)).status).toBe(400);
      expect(bird.requests).toEqual([]);
    },
  );
});

describe("the answer to a rejected request", () => {
  const rejected: [string, Init, number][] = [
    ["a body that is not JSON", { headers: { "content-type": "application/json" }, body: "{" }, 400],
    ["a missing page", { method: "GET", path: "/nowhere" }, 404],
    ["another method", { method: "PUT" }, 405],
    ["a method that only other protocols have", { method: "PROPFIND" }, 405],
    [
      "a body that is too large",
      { headers: { "content-type": "application/json" }, body: " ".repeat(200_000) },
      413,
    ],
    ["another media type", { headers: { "content-type": "application/xml" }, body: "<a/>" }, 415],
    ["an address that cannot be decoded", { method: "GET", path: "/%zz" }, 400],
  ];

  test.each(rejected)(
    "to %s has a list of errors with a code, and the request id",
    async (_what, init, status) => {
      const answer = await send({ ...init, headers: { ...init.headers, "x-request-id": "mine" } });
      expect(answer.status).toBe(status);
      expect(answer.codes()).toEqual([expect.stringMatching(/^[A-Z_]+$/)]);
      expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(answer.headers.get("x-request-id")).toBe("mine");
    },
  );

  test.each(rejected)("to %s has the media type that the caller accepts", async (_what, init, status) => {
    const accept = `${graphqlJson}, application/json;q=0.9`;
    const answer = await send({ ...init, headers: { ...init.headers, accept } });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      status,
      `${graphqlJson}; charset=utf-8`,
    ]);
  });
});

describe("the media type of an answer", () => {
  test.each([
    ["application/json", "application/json"],
    ["*/*", "application/json"],
    ["application/*", "application/json"],
    ["", "application/json"],
    ["application/json; charset=utf-8", "application/json"],
    ["application/json;charset=UTF-8;q=0.5, text/html", "application/json"],
    ["application/json; odata=verbose", "application/json"],
    [graphqlJson, graphqlJson],
    [`${graphqlJson}; charset=utf-8, application/json; charset=utf-8`, graphqlJson],
    [`application/json;q=0.5, ${graphqlJson}`, graphqlJson],
    [`${graphqlJson};q=0.1, application/json`, "application/json"],
    ["text/html, */*;q=0.1", "application/json"],
  ])("for %j is %s", async (accept, type) => {
    const answer = await send({
      headers: { "content-type": "application/json", accept },
      body: JSON.stringify({ query: "{ __typename }" }),
    });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, `${type}; charset=utf-8`]);
  });
});
