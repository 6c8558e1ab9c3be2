import { format, inspect } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { AccessKey } from "../../../src/bird/access-key.ts";

describe("AccessKey", () => {
  test.each(["a", "AbCd-123_~!", "x".repeat(512)])("takes %j", (text) => {
    expect(AccessKey.parse(text)?.authorization()).toBe(`AccessKey ${text}`);
  });

  test.each(["", " ", "a b", "a\r\nx: y", "é", "\u007f", "x".repeat(513)])("rejects %j", (text) => {
    expect(AccessKey.parse(text)).toBeNull();
  });

  test("cannot be printed by accident", () => {
    const key = AccessKey.parse("canary-key");
    const everywhere = [
      String(key),
      JSON.stringify({ key }),
      inspect(key),
      format("%o", { key }),
      format("%s", key),
    ];
    expect(everywhere.join()).not.toContain("canary");
  });
});
