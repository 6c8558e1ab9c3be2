// Updating a participant's status: what is accepted, what is rejected, and what later reads see.
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { startSandbox, type Sandbox } from "../../../src/sandbox/sandbox.ts";
import { body, call, firstConversation, john, patch, pathOf, pendingJohn } from "./call.ts";

const neverGivenAStatus = `${firstConversation}/participants/504491ae-761f-4489-bf59-856a725359c0`;
const statusDetails = { ".status": ["must be one of pending, invited, active"] };
let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

describe("an update", () => {
  test("answers the document's example exactly", async () => {
    const seen = await patch(sandbox, pendingJohn, { status: "active" });
    expect(seen.status).toBe(200);
    expect(body(seen)).toStrictEqual({
      id: "3954d22c-96f7-4bc3-817b-67b4d903ed90",
      type: "contact",
      status: "active",
      displayName: "",
      avatarUrl: "",
      contact: {
        identifierKey: "emailaddress",
        identifierValue: "john.doe@bird.com",
        platformAddress: "john.doe@bird.com",
      },
    });
  });

  test("is seen by the next read, by ID, and in the list", async () => {
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "pending" });
    await patch(sandbox, pendingJohn, { status: "invited" });
    const conversation = pendingJohn.slice(0, pendingJohn.indexOf("/participants"));
    const byId = `${conversation}/participants/3954d22c-96f7-4bc3-817b-67b4d903ed90`;
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "invited" });
    expect(body(await call(sandbox, byId))).toMatchObject({ status: "invited" });
    expect(body(await call(sandbox, `${conversation}/participants`))).toMatchObject({
      results: [{ status: "invited" }],
    });
  });

  test("is possible by ID", async () => {
    expect(body(await patch(sandbox, neverGivenAStatus, { status: "pending" }))).toMatchObject({
      status: "pending",
    });
    expect(body(await call(sandbox, neverGivenAStatus))).toMatchObject({ status: "pending" });
  });

  test("stays in its own sandbox", async () => {
    await patch(sandbox, pendingJohn, { status: "active" });
    const other = await startSandbox();
    expect(body(await call(other, pendingJohn))).toMatchObject({ status: "pending" });
    await other.close();
  });

  test("to null leaves the status as it is", async () => {
    const seen = await patch(sandbox, pendingJohn, { status: null });
    expect(seen.status).toBe(200);
    expect(body(seen)).toMatchObject({ status: "pending" });
  });

  test("takes a content type with a charset", async () => {
    const headers = { "content-type": "Application/JSON; charset=utf-8" };
    expect((await patch(sandbox, pendingJohn, { status: "active" }, { headers })).status).toBe(200);
  });
});

describe("a rejected update", () => {
  test.each([
    ["an active participant", john],
    ["a participant without a status, who counts as active", neverGivenAStatus],
  ])("answers 409 when %s is to be invited", async (_, path) => {
    const before = await call(sandbox, path);
    const seen = await patch(sandbox, path, { status: "invited" });
    expect(seen.status).toBe(409);
    expect(body(seen)).toStrictEqual({ code: "Conflict", message: expect.any(String) });
    expect((await call(sandbox, path)).text).toBe(before.text);
  });

  test.each([
    ["an unknown status", { status: "archived" }, statusDetails],
    ["a status in another case", { status: "ACTIVE" }, statusDetails],
    ["a status of another type", { status: ["active"] }, statusDetails],
    ["an empty object", {}, { ".": ["must not be empty"] }],
    ["an unknown property", { status: "active", role: "x" }, { ".": ['property "role" is unsupported'] }],
    ["two mistakes", { status: 1, role: "x" }, { ".": ['property "role" is unsupported'], ...statusDetails }],
    ["an array", [], { ".": ["must be an object"] }],
    ["null", null, { ".": ["must be an object"] }],
    ["a string", "active", { ".": ["must be an object"] }],
  ])("answers 422 with details to %s", async (_, value, details) => {
    const seen = await patch(sandbox, pendingJohn, value);
    expect(seen.status).toBe(422);
    expect(body(seen)).toStrictEqual({ code: "InvalidPayload", message: expect.any(String), details });
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "pending" });
  });

  test.each(["", "{", "status=active"])("answers 400 to the body %j", async (text) => {
    const headers = { "content-type": "application/json" };
    const seen = await call(sandbox, pendingJohn, { method: "PATCH", headers, body: text });
    expect(seen.status).toBe(400);
    expect(body(seen)).toMatchObject({ code: "BadRequest" });
  });

  test.each([[{}], [{ "content-type": "text/plain" }], [{ "content-type": "application/merge-patch+json" }]])(
    "answers 415 with the headers %j",
    async (headers) => {
      const seen = await call(sandbox, pendingJohn, {
        method: "PATCH",
        headers,
        body: '{"status":"active"}',
      });
      expect(seen.status).toBe(415);
      expect(body(seen)).toMatchObject({ code: "UnsupportedMediaType" });
    },
  );

  test("answers 413 to more than 64 kB, and takes 64 kB", async () => {
    const padded = (bytes: number) => ({ pad: "x".repeat(bytes - '{"pad":""}'.length) });
    expect((await patch(sandbox, pendingJohn, padded(64 * 1024 + 1))).status).toBe(413);
    expect((await patch(sandbox, pendingJohn, padded(64 * 1024))).status).toBe(422);
    expect((await patch(sandbox, pendingJohn, padded(5_000_000))).status).toBe(413);
  });

  test("answers 403 to the read-only key", async () => {
    const seen = await patch(sandbox, pendingJohn, { status: "active" }, { key: "sandbox-readonly" });
    expect(seen.status).toBe(403);
    expect(body(seen)).toStrictEqual({ code: "Forbidden", message: expect.any(String) });
    expect(body(await call(sandbox, pendingJohn))).toMatchObject({ status: "pending" });
  });
});

describe("the order of the checks", () => {
  const unknown = pathOf(firstConversation, "emailaddress", "nobody@example.com");

  test("is key, permission, resource, body, transition", async () => {
    const noJson = { headers: { "content-type": "text/plain" } };
    const statuses = [
      await patch(sandbox, unknown, {}, { key: "abcd" }),
      await patch(sandbox, unknown, {}, { key: "sandbox-readonly" }),
      await patch(sandbox, unknown, {}),
      await patch(sandbox, john, { status: "invited" }, noJson),
      await patch(sandbox, john, { status: "invited", role: "x" }),
      await patch(sandbox, john, { status: "invited" }),
    ].map(({ status }) => status);
    expect(statuses).toStrictEqual([401, 403, 404, 415, 422, 409]);
  });
});
