// Listing the participants of a conversation, page by page.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.ts";
import { body, call, conversationOf, firstConversation, secondConversation } from "./call.ts";

type Page = { results: { id: string }[]; nextPageToken?: string; total: number; totalType: string };

const size = 10_000;
const large = conversationOf(Array.from({ length: size }, (_, index) => ["key", `value-${index}`] as const));
const allIds = large.conversation.participants.map(({ id }) => id);
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ readsPerSecond: Infinity, conversations: [large.conversation] });
});
afterAll(() => sandbox.close());

function isPage(value: unknown): value is Page {
  return typeof value === "object" && value !== null && "results" in value && Array.isArray(value.results);
}

async function list(conversation: string, query = ""): Promise<Page> {
  const seen = await call(sandbox, `${conversation}/participants${query}`);
  const page = body(seen);
  if (!isPage(page)) throw new Error(`No page: ${seen.text}`);
  return page;
}

async function listAll(conversation: string, query: string): Promise<string[]> {
  const ids: string[] = [];
  for (let token = ""; ;) {
    const page = await list(conversation, query + token);
    ids.push(...page.results.map(({ id }) => id));
    if (page.nextPageToken === undefined) return ids;
    token = `&pageToken=${encodeURIComponent(page.nextPageToken)}`;
  }
}

describe("a page", () => {
  test("holds 10 participants unless told", async () => {
    const page = await list(firstConversation);
    expect(page).toMatchObject({ total: 11, totalType: "exact", nextPageToken: expect.any(String) });
    expect(page.results).toHaveLength(10);
    expect(page.results[0]).toMatchObject({ displayName: "John Doe" });
  });

  test("has no nextPageToken when it is the last", async () => {
    const page = await list(secondConversation);
    expect(Object.keys(page)).toStrictEqual(["results", "total", "totalType"]);
    expect((await list(firstConversation, "?limit=11")).nextPageToken).toBeUndefined();
  });

  test("holds the participants themselves", async () => {
    const page = await list(firstConversation, "?limit=1");
    const byId = await call(
      sandbox,
      `${firstConversation}/participants/8f0b5377-2edc-4116-a8e8-6a475f245a04`,
    );
    expect(page.results).toStrictEqual([body(byId)]);
  });

  test("is answered to the read-only key", async () => {
    const seen = await call(sandbox, `${firstConversation}/participants`, { key: "sandbox-readonly" });
    expect(seen.status).toBe(200);
  });

  test("of an unknown conversation is 404", async () => {
    expect((await call(sandbox, `${firstConversation.replace("02ec", "03ec")}/participants`)).status).toBe(
      404,
    );
  });
});

describe("all pages", () => {
  test.each([7, 10, 100])(
    "of a small conversation contain each participant once, %i at a time",
    async (limit) => {
      const ids = await listAll(firstConversation, `?limit=${limit}`);
      expect(new Set(ids).size).toBe(11);
      expect(ids).toHaveLength(11);
    },
  );

  test("of 10,000 participants contain each participant once, in order", async () => {
    expect(await listAll(large.path, "?limit=100")).toStrictEqual(allIds);
  });

  test("turn round with reversed", async () => {
    expect(await listAll(large.path, "?limit=99&reversed=true")).toStrictEqual(allIds.toReversed());
  });
});

describe("a query that does not fit", () => {
  test.each([
    ["limit=0", ".limit"],
    ["limit=101", ".limit"],
    ["limit=1.5", ".limit"],
    ["limit=", ".limit"],
    ["limit=ten", ".limit"],
    ["pageToken=", ".pageToken"],
    ["pageToken=bm9uc2Vuc2U", ".pageToken"],
    [`pageToken=${"a".repeat(8001)}`, ".pageToken"],
    ["reversed=yes", ".reversed"],
  ])("answers 422 to %.30s and names %s", async (query, name) => {
    const seen = await call(sandbox, `${firstConversation}/participants?${query}`);
    expect(seen.status).toBe(422);
    expect(body(seen)).toStrictEqual({
      code: "InvalidPayload",
      message: expect.any(String),
      details: { [name]: [expect.any(String)] },
    });
  });

  test("answers 422 to the token of another conversation or of the other order", async () => {
    const { nextPageToken = "" } = await list(firstConversation, "?limit=1");
    const other = await call(sandbox, `${large.path}/participants?pageToken=${nextPageToken}`);
    expect(other.status).toBe(422);
    const turned = await call(
      sandbox,
      `${firstConversation}/participants?reversed=true&pageToken=${nextPageToken}`,
    );
    expect(turned.status).toBe(422);
  });
});
