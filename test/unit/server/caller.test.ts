import { describe, expect, test } from "@jest/globals";
import { readCaller } from "../../../src/server/caller.ts";

describe("readCaller", () => {
  test.each(["AccessKey abc", "accesskey abc", "AccessKey   abc"])("reads the key out of %j", (header) => {
    const caller = readCaller(header);
    expect(caller.ok && caller.value.authorization()).toBe("AccessKey abc");
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
    expect(readCaller(header)).toMatchObject({
      ok: false,
      failure: { kind: "accessDenied", code: "Unauthenticated", reason: "UNAUTHENTICATED" },
    });
  });

  test("never repeats what was sent", () => {
    expect(JSON.stringify(readCaller("Bearer canary"))).not.toContain("canary");
  });
});
