import { randomUUID } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import type { AddressInput } from "../../src/bird/address.ts";
import { decodeParticipant, type Participant, type SettableStatus } from "../../src/bird/participant.ts";
import { john, misbehaving, pendingJohn } from "../support/bird.ts";
import { recordBird, type DirectRequest, type RecordedBird } from "./recorded-bird.ts";
import { awkwardKey, awkwardPlace, awkwardValues, sandbox, toRealBird } from "./upstreams.ts";

type WireParticipant = { id: string; contact?: { identifierKey?: string; identifierValue?: string } };
type Page = { results: WireParticipant[]; nextPageToken?: string; total: number };

const upstreams = [sandbox, ...toRealBird(process.env)];

/** The path of a conversation's participants. */
function participantsOf({ workspaceId, conversationId }: typeof awkwardPlace): string {
  return `/workspaces/${workspaceId}/conversations/${conversationId}/participants`;
}

/** The path of a participant, for requests that the client would not send. */
function pathOf(address: AddressInput): string {
  return `${participantsOf(address)}/${encodeURIComponent(address.key)}/${encodeURIComponent(address.value)}`;
}

/** Reads a participant that exists. */
async function readParticipant(bird: RecordedBird, address: AddressInput): Promise<Participant> {
  const read = await bird.read(address);
  if (!read.ok) throw new Error(`not read: ${read.failure.code}`);
  return read.value;
}

function toSettable({ status }: Participant): SettableStatus {
  if (status === "UNKNOWN") throw new Error("a status that could not be restored");
  return status;
}

/** Runs `change`, and then restores the participant's status: the participant may be real. */
async function restoringStatus(
  bird: RecordedBird,
  address: AddressInput,
  change: (before: SettableStatus) => Promise<void>,
): Promise<void> {
  const before = toSettable(await readParticipant(bird, address));
  try {
    await change(before);
  } finally {
    const after = await readParticipant(bird, address);
    if (after.status !== before) await bird.update(address, before);
  }
  expect(await readParticipant(bird, address)).toMatchObject({ status: before });
}

async function readPage(bird: RecordedBird, query: string, place = awkwardPlace): Promise<Page> {
  const { status, body } = await bird.send({ path: participantsOf(place) + query });
  expect(status).toBe(200);
  // After the test, all its fields are validated against the document.
  return body as Page;
}

describe.each(upstreams)("$name", (upstream) => {
  const bird = recordBird(upstream);
  const { address } = upstream;

  test("gives a participant by identifier", async () => {
    const participant = await readParticipant(bird, address);
    expect(participant).toMatchObject({ workspaceId: address.workspaceId.toLowerCase() });
    expect(participant.type).not.toBe("UNKNOWN");
    expect(participant.status).not.toBe("UNKNOWN");
  });

  test("finds no participant under an identifier that does not exist", async () => {
    const nobody = { ...address, key: "emailaddress", value: `${randomUUID()}@example.com` };
    expect(await bird.read(nobody)).toMatchObject({ ok: false, failure: { kind: "notFound" } });
    expect(await bird.update(nobody, "ACTIVE")).toMatchObject({ ok: false, failure: { kind: "notFound" } });
  });

  test("finds no participant in a conversation that does not exist", async () => {
    const nowhere = { ...address, conversationId: randomUUID() };
    expect(await bird.read(nowhere)).toMatchObject({ ok: false, failure: { kind: "notFound" } });
  });

  test("answers 401 to a wrong access key", async () => {
    const denied = { ok: false, failure: { kind: "accessDenied", reason: "UNAUTHENTICATED" } };
    expect(await bird.read(address, "not-an-access-key")).toMatchObject(denied);
    expect(await bird.update(address, "ACTIVE", "not-an-access-key")).toMatchObject(denied);
  });

  test("answers an update with the new status, and so does a later read", async () => {
    await restoringStatus(bird, address, async (before) => {
      // Back to invited would not be possible from active.
      const status = before === "PENDING" ? "ACTIVE" : "PENDING";
      expect(await bird.update(address, status)).toMatchObject({ ok: true, value: { status } });
      expect(await readParticipant(bird, address)).toMatchObject({ status });
    });
  });

  test("accepts null as the status", async () => {
    await restoringStatus(bird, address, async () => {
      expect(await bird.update(address, null)).toMatchObject({ ok: true });
    });
  });

  test("gives the same participant by ID", async () => {
    const participant = await readParticipant(bird, address);
    const { workspaceId, conversationId, id } = participant;
    expect(await bird.readById({ workspaceId, conversationId, id })).toEqual({
      ok: true,
      value: participant,
    });
  });

  test("finds no participant under an id that does not exist", async () => {
    const { workspaceId, conversationId } = address;
    const nobody = { workspaceId, conversationId, id: randomUUID() };
    expect(await bird.readById(nobody)).toMatchObject({ ok: false, failure: { kind: "notFound" } });
  });

  test("answers 401 to a read by ID with a wrong access key", async () => {
    const { workspaceId, conversationId } = address;
    const read = await bird.readById({ workspaceId, conversationId, id: randomUUID() }, "not-an-access-key");
    expect(read).toMatchObject({ failure: { kind: "accessDenied", reason: "UNAUTHENTICATED" } });
  });

  test("gives no more participants in a list than were asked for", async () => {
    const page = await readPage(bird, "?limit=1", address);
    expect(page.results).toHaveLength(1);
  });
});

describe("the sandbox, with requests that a real workspace should not get", () => {
  const bird = recordBird(sandbox);
  const readOnly = "sandbox-readonly";

  test("gives the documents' example", async () => {
    expect(await readParticipant(bird, john)).toEqual({
      workspaceId: john.workspaceId,
      conversationId: john.conversationId,
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
    });
  });

  test("carries out the documents' update", async () => {
    expect(await readParticipant(bird, pendingJohn)).toMatchObject({ status: "PENDING" });
    expect(await bird.update(pendingJohn, "ACTIVE")).toMatchObject({ ok: true, value: { status: "ACTIVE" } });
    expect(await readParticipant(bird, pendingJohn)).toMatchObject({ status: "ACTIVE" });
  });

  test("lets a read-only key read, and answers 403 to its updates", async () => {
    expect(await bird.read(john, readOnly)).toMatchObject({ ok: true });
    expect(await bird.update(john, "PENDING", readOnly)).toMatchObject({
      failure: { kind: "accessDenied", reason: "FORBIDDEN" },
    });
    expect(await readParticipant(bird, john)).toMatchObject({ status: "ACTIVE" });
  });

  test("answers 409 to inviting an active participant", async () => {
    expect(await bird.update(john, "INVITED")).toMatchObject({ ok: false, failure: { kind: "conflict" } });
    expect(await readParticipant(bird, john)).toMatchObject({ status: "ACTIVE" });
  });

  test.each([
    ["phonenumber", "+31612345678"],
    ["facebookid-164849000012345", "720197540012345"],
    ["applebc-c72f4be3-2773-4ad4-86cf-6a6b4b3cb837", "urn:mbid:c29tZSByYW5kb20gYmFzZTY0IGNvbnRlbnQ="],
  ])("knows who has the %s %s", async (key, value) => {
    expect(await readParticipant(bird, { ...john, key, value })).toMatchObject({
      contact: { identifierKey: key, identifierValue: value },
    });
  });

  test.each(awkwardValues)("gets the identifier %j exactly as it is", async (value) => {
    const address = { ...awkwardPlace, key: awkwardKey, value };
    expect(await readParticipant(bird, address)).toMatchObject({ contact: { identifierValue: value } });
    expect(await bird.update(address, "ACTIVE")).toMatchObject({
      value: { contact: { identifierValue: value } },
    });
  });

  test("holds no participant that the gateway cannot decode", async () => {
    const { results } = await readPage(bird, "?limit=100", john);
    expect(results.length).toBeGreaterThan(10);
    for (const listed of results) {
      const decoded = decodeParticipant(listed, john);
      expect(decoded).not.toBeNull();
      expect(Object.values(decoded ?? {})).not.toContain("UNKNOWN");
      expect(await bird.send({ path: `${participantsOf(john)}/${listed.id}` })).toEqual({
        status: 200,
        body: listed,
      });
      const { identifierKey: key, identifierValue: value } = listed.contact ?? {};
      if (key === undefined || value === undefined || key === "sandbox-fault") continue;
      expect(await readParticipant(bird, { ...john, key, value })).toEqual(decoded);
    }
  });

  test("gives a list page by page, in either direction", async () => {
    const { results: all, total } = await readPage(bird, "?limit=100");
    expect(total).toBe(all.length);
    for (const [order, expected] of [
      ["", all],
      ["&reversed=true", all.toReversed()],
    ] as const) {
      const pages = [await readPage(bird, `?limit=4${order}`)];
      for (let token = pages[0]?.nextPageToken; token !== undefined; token = pages.at(-1)?.nextPageToken) {
        pages.push(await readPage(bird, `?limit=4${order}&pageToken=${encodeURIComponent(token)}`));
      }
      expect(pages.map((page) => page.results.length)).toEqual([4, 4, 4, 3]);
      expect(pages.flatMap((page) => page.results)).toEqual(expected);
    }
  });

  test("lists ten participants unless asked for another number", async () => {
    const { results, nextPageToken } = await readPage(bird, "");
    expect(results).toHaveLength(10);
    expect(nextPageToken).toBeDefined();
  });

  test("updates a participant by ID", async () => {
    const path = `${participantsOf(pendingJohn)}/3954d22c-96f7-4bc3-817b-67b4d903ed90`;
    expect(await bird.send({ method: "PATCH", path, body: '{"status":"pending"}' })).toMatchObject({
      status: 200,
      body: { status: "pending" },
    });
    expect(await readParticipant(bird, pendingJohn)).toMatchObject({ status: "PENDING" });
  });

  test.each([
    ["Order Bot", "e90bf72b-9b3a-4044-8d81-1a35da8fc348"],
    ["Welcome Flow", "5e209f1a-d78a-40a9-9236-702b715025d5"],
  ])("knows %s, whom no identifier names, by ID", async (displayName, id) => {
    const { workspaceId, conversationId } = john;
    expect(await bird.readById({ workspaceId, conversationId, id })).toMatchObject({
      value: { id, displayName, contact: null },
    });
  });

  test("rejects too many calls with 429", async () => {
    const path = pathOf(misbehaving("status=429;retry-after=1"));
    expect(await bird.send({ path })).toMatchObject({ status: 429 });
  });
});

describe("the sandbox, with requests outside the document", () => {
  const bird = recordBird(sandbox);
  const path = pathOf(john);

  const oneOf = "must be equal to one of the allowed values";

  test.each([
    ["{}", "request body: must NOT have fewer than 1 properties", "."],
    ["[]", "request body: must be object", "."],
    ["null", "request body: must be object", "."],
    ['{"status":"gone"}', `request body/status: ${oneOf}`, ".status"],
    ['{"status":"ACTIVE"}', `request body/status: ${oneOf}`, ".status"],
    ['{"status":"pending","note":"x"}', "request body: must NOT have additional properties: note", "."],
  ])("rejects the body %s with 422 and says where it is wrong", async (body, problem, where) => {
    bird.expectProblems(problem);
    const answer = await bird.send({ method: "PATCH", path, body });
    const details = { [where]: [expect.any(String)] };
    expect(answer).toEqual({
      status: 422,
      body: { code: "InvalidPayload", message: expect.any(String), details },
    });
    expect(await readParticipant(bird, john)).toMatchObject({ status: "ACTIVE" });
  });

  test.each<[string, number, string, DirectRequest]>([
    ["a body that is not JSON", 400, "request body: is not JSON", { method: "PATCH", path, body: "{" }],
    [
      "a body that does not say it is JSON",
      415,
      "request body: the content type must be application/json",
      { method: "PATCH", path, body: '{"status":"pending"}', headers: { "content-type": "text/plain" } },
    ],
    [
      "a broken escape",
      400,
      "path/identifierValue: is not encoded as a path segment",
      { path: `${path}%E0%A4` },
    ],
    ["a slash that is not encoded", 404, "path: is none of the document's", { path: `${path}/doe` }],
    [
      "an empty identifier",
      404,
      "path/identifierKey: must NOT have fewer than 1 characters",
      { path: `${participantsOf(john)}//x` },
    ],
    ["another method", 405, "method: is not documented for this path", { method: "POST", path, body: "{}" }],
    [
      "a caller without an access key",
      401,
      "authorization: must be AccessKey and a key",
      { path, headers: { authorization: "Bearer sandbox" } },
    ],
    [
      "a page of a hundred and one",
      422,
      "query/limit: must be <= 100",
      { path: `${participantsOf(john)}?limit=101` },
    ],
    [
      "a page token of more than 8000 characters",
      422,
      "query/pageToken: must NOT have more than 8000 characters",
      { path: `${participantsOf(john)}?pageToken=${"x".repeat(8001)}` },
    ],
  ])("rejects %s with %i", async (_what, status, problem, request) => {
    bird.expectProblems(problem);
    expect(await bird.send(request)).toMatchObject({ status });
  });
});
