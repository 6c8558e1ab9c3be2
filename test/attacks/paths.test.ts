// Path traversal by arguments: Bird gets exactly the value, or no call is made.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { conversationId, workspaceId } from "../support/bird.ts";
import { post, startAttacked, type Attacked } from "./attacked.ts";

let gateway: Attacked;

beforeAll(async () => {
  gateway = await startAttacked();
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.bird.requests.length = 0;
});

const read = `query ($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
  result: conversationParticipant(workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value) { __typename }
}`;
const update = `mutation ($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
  result: updateParticipantStatus(input: { workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value, status: ACTIVE }) { __typename }
}`;
const there = { workspaceId, conversationId, key: "emailaddress", value: "a@example.com" };

async function typeOf(query: string, variables: typeof there): Promise<string> {
  const { text } = await post(gateway, { query, variables });
  return /"__typename":"(\w+)"/.exec(text)?.[1] ?? text;
}

const traversals = [
  "..",
  ".",
  "%2e%2e",
  "%2E.",
  ".%2e",
  "%252e%252e",
  "%25252e.",
  "../x",
  "../../../../x",
  "a/../../b",
  "a/..",
  "./a",
  "a/./b",
  "..%2fx",
  "..%2Fx",
  "a%2f..%2fb",
  "a%252f%252e%252e%252fb",
  "a\\..\\b",
  "..\\a",
  "a%5c..%5Cb",
  "a/..\\b",
  "%2%65%2%65/a",
  "..;/a",
  "a/..;x=1/b",
  "..?a",
  "..#a",
  "a/..%3fb",
  "..%00/a",
  ".%09./a",
  "%c0%ae%c0%ae/a",
  "a%c0%af..%c0%afb",
  "%u002e%u002e/a",
];

describe.each([
  ["a read", read],
  ["an update", update],
])("%s", (_what, query) => {
  test.each(traversals)("does not leave its path by %j as key or value", async (segment) => {
    expect(await typeOf(query, { ...there, key: segment })).toBe("ValidationError");
    expect(await typeOf(query, { ...there, value: segment })).toBe("ValidationError");
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each([
    "../../x",
    "..%2f..%2fx",
    `${workspaceId}/..`,
    `${workspaceId}?x=1`,
    `${workspaceId}#`,
    "http://evil.example.com",
    "",
  ])("does not leave its path by %j as workspace or conversation", async (id) => {
    expect(await typeOf(query, { ...there, workspaceId: id })).toBe("ValidationError");
    expect(await typeOf(query, { ...there, conversationId: id })).toBe("ValidationError");
    expect(gateway.bird.requests).toEqual([]);
  });

  test.each([
    "/",
    "a/b",
    "a//b",
    "a\\b",
    "...",
    "a/.../b",
    "a..b/c..",
    "..a/.b",
    "//evil.example.com",
    "http://evil.example.com/",
    "@evil",
    "a?b#c",
    ";x=1",
  ])("sends %j as one segment and nothing else", async (segment) => {
    await typeOf(query, { ...there, key: segment, value: segment });
    expect(gateway.bird.requests.map(({ path }) => path)).toEqual([
      `/workspaces/${workspaceId}/conversations/${conversationId}/participants/${encodeURIComponent(segment)}/${encodeURIComponent(segment)}`,
    ]);
  });
});

test("Bird gets exactly the key and the value that the caller gave, or no call is made", async () => {
  const anything = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.string({
      unit: fc.constantFrom(".", "/", "%", "2", "e", "E", "f", "5", "\\", "?", "#", "\u0000", "\ud800"),
      maxLength: 8,
    }),
  );
  await fc.assert(
    fc.asyncProperty(anything, anything, fc.boolean(), async (key, value, isUpdate) => {
      gateway.bird.requests.length = 0;
      const type = await typeOf(isUpdate ? update : read, { ...there, key, value });
      const segments = gateway.bird.requests.map(({ path }) =>
        path.split("/").slice(1).map(decodeURIComponent),
      );
      const exact = ["workspaces", workspaceId, "conversations", conversationId, "participants", key, value];
      expect(segments).toEqual(type === "ValidationError" ? [] : [exact]);
      if (type !== "ValidationError")
        expect(new URL(`http://a${gateway.bird.requests[0]?.path ?? ""}`).pathname).toBe(
          gateway.bird.requests[0]?.path,
        );
    }),
    { numRuns: 300 },
  );
});
