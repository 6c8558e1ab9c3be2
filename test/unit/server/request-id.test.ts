import { describe, expect, test } from "@jest/globals";
import { readRequestId } from "../../../src/server/request-id.ts";

const idFor = (given?: string) =>
  readRequestId({ headers: given === undefined ? {} : { "x-request-id": given } });

describe("readRequestId", () => {
  test.each(["a", "A-1_b.c", "x".repeat(128)])("takes %j", (id) => {
    expect(idFor(id)).toBe(id);
  });

  test.each([undefined, "", "a b", 'a"}', "é", "x".repeat(129)])("makes a new one for %j", (id) => {
    expect(idFor(id)).toMatch(/^[0-9a-f-]{36}$/);
    expect(idFor(id)).not.toBe(idFor(id));
  });
});
