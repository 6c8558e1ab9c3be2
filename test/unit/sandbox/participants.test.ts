// Reading one participant: the documents' examples, those found, those not found, and keys that are denied.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.ts";
import { body, call, conversationOf, firstConversation, john, pathOf, workspace } from "./call.ts";

const difficultValues = [
  "a/b+c?d#e%f:g=h&i;j",
  "%2F",
  "two words",
  " ",
  "🐦 grüße",
  '"quoted"\\',
  "..",
  "__proto__",
];
const difficult = conversationOf([
  ...difficultValues.map((value) => ["key", value] as const),
  ["a/b", "c"],
  ["a", "b/c"],
]);
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ readsPerSecond: Infinity, conversations: [difficult.conversation] });
});
afterAll(() => sandbox.close());

describe("finding a participant", () => {
  test("answers the document's example exactly", async () => {
    const seen = await call(sandbox, john);
    expect(seen.status).toBe(200);
    expect(seen.headers["content-type"]).toBe("application/json");
    expect(body(seen)).toStrictEqual({
      id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
      type: "contact",
      status: "active",
      displayName: "John Doe",
      avatarUrl: "",
      contact: {
        identifierKey: "emailaddress",
        identifierValue: "john.doe@bird.com",
        platformAddress: "john.doe@bird.com",
      },
    });
  });

  test("answers the same by ID", async () => {
    const byId = await call(
      sandbox,
      `${firstConversation}/participants/8f0b5377-2edc-4116-a8e8-6a475f245a04`,
    );
    expect(byId.status).toBe(200);
    expect(byId.text).toBe((await call(sandbox, john)).text);
  });

  test.each([
    ["emailaddress", "ada.okafor+orders@example.com", "Ada Okafor"],
    ["phonenumber", "+31612345678", "Mila de Vries"],
    ["facebookid-164849000012345", "720197540012345", "Tomás Rivera"],
    [
      "applebc-c72f4be3-2773-4ad4-86cf-6a6b4b3cb837",
      "urn:mbid:c29tZSByYW5kb20gYmFzZTY0IGNvbnRlbnQ=",
      "Yuki Tanaka",
    ],
  ])("finds the person seeded under %s / %s", async (key, value, displayName) => {
    expect(body(await call(sandbox, pathOf(firstConversation, key, value)))).toMatchObject({ displayName });
  });

  test("answers a participant who was never given a status without the field", async () => {
    const seen = await call(
      sandbox,
      `${firstConversation}/participants/504491ae-761f-4489-bf59-856a725359c0`,
    );
    expect(seen.status).toBe(200);
    expect(body(seen)).not.toHaveProperty("status");
  });

  test("answers a system participant without a contact", async () => {
    const seen = await call(
      sandbox,
      `${firstConversation}/participants/e90bf72b-9b3a-4044-8d81-1a35da8fc348`,
    );
    expect(body(seen)).toMatchObject({ type: "bot" });
    expect(body(seen)).not.toHaveProperty("contact");
  });

  test("takes workspace and conversation IDs in any case", async () => {
    const path = john.replace("a1405560-c8d3", "A1405560-C8D3").replace("02ec2ac2-ebec", "02EC2AC2-EBEC");
    expect((await call(sandbox, path)).status).toBe(200);
  });

  test.each([
    ["workspace", john.replace("a1405560", "b1405560")],
    ["conversation", john.replace("02ec2ac2", "12ec2ac2")],
    ["identifier value", `${john}x`],
    ["identifier key", john.replace("emailaddress", "phonenumber")],
    ["identifier in another case", john.replace("john", "John")],
    ["participant ID", `${firstConversation}/participants/8f0b5377-0000-4116-a8e8-6a475f245a04`],
    ["fault under another conversation", `${difficult.path}/participants/sandbox-fault/status%3D503`],
  ])("answers 404 to an unknown %s", async (_, path) => {
    const seen = await call(sandbox, path);
    expect(seen.status).toBe(404);
    expect(body(seen)).toStrictEqual({ code: "NotFound", message: expect.any(String) });
  });
});

describe("raw paths", () => {
  test.each(difficultValues)("decodes %j once", async (value) => {
    const seen = await call(sandbox, pathOf(difficult.path, "key", value));
    expect(body(seen)).toMatchObject({ contact: { identifierKey: "key", identifierValue: value } });
  });

  test("takes a plus as a plus", async () => {
    const seen = await call(sandbox, `${firstConversation}/participants/phonenumber/+31612345678`);
    expect(body(seen)).toMatchObject({ displayName: "Mila de Vries" });
  });

  test("tells a slash in the key from a slash in the value", async () => {
    expect(body(await call(sandbox, pathOf(difficult.path, "a/b", "c")))).toMatchObject({ id: "id-8" });
    expect(body(await call(sandbox, pathOf(difficult.path, "a", "b/c")))).toMatchObject({ id: "id-9" });
  });

  test("does not decode twice", async () => {
    const twice = pathOf(firstConversation, "emailaddress", encodeURIComponent("john.doe@bird.com"));
    expect((await call(sandbox, twice)).status).toBe(404);
  });

  test.each([
    ["a real slash in the value", `${difficult.path}/participants/key/a/b`],
    ["a dot segment", `${firstConversation}/participants/../participants/emailaddress/john.doe@bird.com`],
    ["an escaped dot segment", `${firstConversation}/participants/emailaddress/%2E%2E`],
    ["an empty value", `${firstConversation}/participants/emailaddress/`],
    ["an empty ID", `${firstConversation}/participants/`],
    ["a doubled slash", `/${john}`],
    ["a prefix", `/v1${john}`],
    ["the root", "/"],
    ["a conversation itself", firstConversation],
  ])("answers 404 to %s", async (_, path) => {
    expect((await call(sandbox, path)).status).toBe(404);
  });

  test("leaves the query out of the value", async () => {
    expect((await call(sandbox, `${john}?x=/..`)).status).toBe(200);
  });

  test.each(["%", "%zz", "%ff"])("answers 400 to the malformed escape %s", async (escape) => {
    const seen = await call(sandbox, `${firstConversation}/participants/emailaddress/${escape}`);
    expect(seen.status).toBe(400);
    expect(body(seen)).toMatchObject({ code: "BadRequest" });
  });

  test.each(["DELETE", "PUT", "POST", "HEAD", "OPTIONS"])("answers 405 to %s", async (method) => {
    const seen = await call(sandbox, john, { method });
    expect(seen.status).toBe(405);
    expect(seen.headers.allow).toBe("GET, PATCH");
  });

  test("answers 405 to a PATCH of the list", async () => {
    const seen = await call(sandbox, `${firstConversation}/participants`, { method: "PATCH" });
    expect(seen.status).toBe(405);
    expect(seen.headers.allow).toBe("GET");
  });
});

describe("access keys", () => {
  test("lets the read-only key read", async () => {
    expect((await call(sandbox, john, { key: "sandbox-readonly" })).status).toBe(200);
  });

  test.each(["", "abcd", "sandbox2", "Sandbox"])("answers 401 to the key %j", async (key) => {
    const seen = await call(sandbox, john, { key });
    expect(seen.status).toBe(401);
    expect(body(seen)).toStrictEqual({ code: "Unauthorized", message: expect.any(String) });
  });

  test("answers 401 without a key and to another scheme", async () => {
    expect((await call(sandbox, john, { key: null })).status).toBe(401);
    expect((await call(sandbox, john, { headers: { authorization: "Bearer sandbox" } })).status).toBe(401);
  });

  test("looks at the key before the path", async () => {
    expect((await call(sandbox, "/unknown", { key: null })).status).toBe(401);
    expect((await call(sandbox, `${workspace}/%zz`, { key: null })).status).toBe(401);
  });
});
