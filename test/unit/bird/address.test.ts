import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeAddress, decodeConversation, decodeIdAddress } from "../../../src/bird/address.ts";
import { getParticipant, getParticipantById } from "../../../src/bird/endpoints.ts";
import { john } from "../../support/bird.ts";

const problemsOf = (input: Partial<typeof john>) => {
  const address = decodeAddress({ ...john, ...input });
  return address.ok ? [] : address.failure.fieldErrors.map((field) => field.path);
};

const unsafe: [string, string][] = [
  ["nothing", ""],
  ["a dot", "."],
  ["two dots", ".."],
  ["an encoded dot", "%2e"],
  ["encoded dots", "%2E%2e"],
  ["half-encoded dots", ".%2e"],
  ["dots encoded twice", "%252e%25252e"],
  ["dots between slashes", "a/../b"],
  ["dots before a backslash", "..\\a"],
  ["dots between encoded slashes", "a%2f%2e%2e%255cb"],
  ["dots with parameters", "a/..;b/c"],
  ["dots in too long UTF-8", "%c0%ae%c0%ae%c0%afa"],
  ["dots in UTF-8 of four bytes", "%f0%80%80%ae%f0%80%80%ae%f0%80%80%afa"],
  ["fullwidth dots", "．．／a"],
  ["fullwidth dots before a backslash", "．．＼a"],
  ["fullwidth dots, percent-encoded", "%ef%bc%8e%ef%bc%8e%ef%bc%8fa"],
  ["dots before a space", ".. /x"],
  ["dots after a space", "a/ ../x"],
  ["dots between spaces of other kinds", "\u00a0..\u3000\\x"],
  ["dots with a space between them", ". ./x"],
  ["dots with an encoded space", "..%20%2fx"],
  ["dots with a plus for a space", "a/..+/x"],
  ["dots before a slash in too long UTF-8", "..%c0%2fx"],
  ["dots before a backslash in too long UTF-8", "..%c1%5cx"],
  ["dots in too long UTF-8 whose second byte is ASCII", "%c0%2e%c0%2e%c0%2fx"],
  ["dots before a slash in UTF-8 of three bytes", "..%e0%80%2fx"],
  ["a two dot leader", "‥/a"],
  ["a line feed", "a\nb"],
  ["a null character", "a\0"],
  ["a C1 control character", "a\u0085"],
  ["a lone surrogate", "a\ud800"],
  ["257 characters", "a".repeat(257)],
  ["257 characters outside the basic plane", "😀".repeat(257)],
  ["a megabyte", "a".repeat(1_000_000)],
];

describe("decodeAddress", () => {
  test("accepts the documents' example", () => {
    expect(decodeAddress(john)).toMatchObject({ ok: true, value: john });
  });

  test("spells UUIDs in lower case", () => {
    const address = decodeAddress({ ...john, workspaceId: john.workspaceId.toUpperCase() });
    expect(address).toMatchObject({ ok: true, value: { workspaceId: john.workspaceId } });
  });

  test.each(["", "1", "not-a-uuid", `${john.workspaceId}0`, ` ${john.workspaceId}`, "../../../x"])(
    "rejects %j as a workspace and as a conversation",
    (id) => {
      expect(problemsOf({ workspaceId: id, conversationId: id })).toEqual(["workspaceId", "conversationId"]);
    },
  );

  test.each(["ws_2b1f", "WS_2b1f"])(
    "says that the API does not take the %j of Bird's dashboard",
    (workspaceId) => {
      expect(decodeAddress({ ...john, workspaceId })).toMatchObject({
        failure: {
          code: "InvalidInput",
          fieldErrors: [{ path: "workspaceId", messages: [expect.stringMatching(/UUID.*dashboard/)] }],
        },
      });
    },
  );

  test.each(unsafe)("rejects %s as key and as value", (_what, text) => {
    expect(problemsOf({ key: text, value: text })).toEqual(["key", "value"]);
  });

  test.each([
    "...",
    ".a",
    "a..",
    "%2e%2e%2e",
    "%2f..a",
    "a%2e",
    "😀".repeat(256),
    " ",
    "/",
    "urn:mbid:c29tZQ==",
    "+1 (2)",
  ])("takes %j as key and as value", (text) => {
    expect(problemsOf({ key: text, value: text })).toEqual([]);
  });

  test("never repeats what it rejects", () => {
    const address = decodeAddress({ ...john, key: "secret\n", workspaceId: "secret" });
    expect(JSON.stringify(address)).not.toContain("secret\\n");
    expect(JSON.stringify(address.ok ? null : address.failure)).not.toContain("secret");
  });
});

describe("decodeIdAddress", () => {
  const place = { workspaceId: john.workspaceId, conversationId: john.conversationId };

  test("takes an id as it is, and spells the UUIDs before it in lower case", () => {
    const input = { ...place, workspaceId: john.workspaceId.toUpperCase(), id: "Some/Id" };
    expect(decodeIdAddress(input)).toMatchObject({ ok: true, value: { ...place, id: "Some/Id" } });
  });

  test.each(unsafe)("rejects %s as an id", (_what, id) => {
    expect(decodeIdAddress({ ...place, id })).toMatchObject({ failure: { fieldErrors: [{ path: "id" }] } });
  });

  test.each([undefined, null, 7, true, [], {}, ["a"]])("rejects %j as any of its fields", (wrong) => {
    const fieldErrors = ["workspaceId", "conversationId", "id"].map((path) => ({
      path,
      messages: ["must be a string"],
    }));
    expect(decodeIdAddress({ workspaceId: wrong, conversationId: wrong, id: wrong })).toMatchObject({
      failure: { code: "InvalidInput", fieldErrors },
    });
  });
});

describe("decodeConversation", () => {
  test("takes two UUIDs and spells them in lower case", () => {
    const id = john.conversationId;
    expect(decodeConversation({ workspaceId: john.workspaceId, id: id.toUpperCase() })).toEqual({
      ok: true,
      value: { workspaceId: john.workspaceId, id },
    });
  });

  test.each(["", "..", 7, null])("rejects %j", (wrong) => {
    expect(decodeConversation({ workspaceId: wrong, id: wrong })).toMatchObject({
      failure: { fieldErrors: [{ path: "workspaceId" }, { path: "id" }] },
    });
  });
});

test("every accepted id is exactly one segment of the path, which decodes to exactly that id", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (id) => {
      const { workspaceId, conversationId } = john;
      const address = decodeIdAddress({ workspaceId, conversationId, id });
      if (!address.ok) return;
      const segments = new URL(
        getParticipantById.path(address.value),
        "https://api.example.com",
      ).pathname.split("/");
      expect(segments).toHaveLength(7);
      expect(segments.slice(6).map(decodeURIComponent)).toEqual([id]);
    }),
    { numRuns: 1000 },
  );
});

test("every accepted key and value is exactly one segment of the path, which decodes to exactly that value", () => {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(text, text, (key, value) => {
      const address = decodeAddress({ ...john, key, value });
      if (!address.ok) return;
      const { pathname } = new URL(getParticipant.path(address.value), "https://api.example.com");
      const segments = pathname.split("/");
      expect(segments).toHaveLength(8);
      expect(segments.slice(6).map(decodeURIComponent)).toEqual([key, value]);
    }),
    { numRuns: 1000 },
  );
});
