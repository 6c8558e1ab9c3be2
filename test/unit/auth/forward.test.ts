import { describe, expect, test } from "@jest/globals";
import { readCaller } from "../../../src/auth/forward.ts";

const keyOf = (header?: string) =>
  readCaller(header).accessKeyFor("a1405560-c8d3-4b1a-877d-3f449ad95352", "participant:read");

describe("readCaller", () => {
  test.each(["AccessKey abc", "accesskey abc", "AccessKey   abc"])("reads the key out of %j", (header) => {
    const key = keyOf(header);
    expect(key.ok && key.value.authorization()).toBe("AccessKey abc");
  });

  test.each([
    undefined,
    "",
    "AccessKey",
    "AccessKey ",
    "Bearer abc",
    "AccessKey a b",
    "AccessKey é",
    `AccessKey ${"x".repeat(513)}`,
  ])("denies access for %j", (header) => {
    expect(keyOf(header)).toMatchObject({
      ok: false,
      failure: { kind: "accessDenied", code: "Unauthenticated", reason: "UNAUTHENTICATED" },
    });
  });

  test("never repeats what was sent", () => {
    expect(JSON.stringify(keyOf("Bearer canary"))).not.toContain("canary");
  });
});
