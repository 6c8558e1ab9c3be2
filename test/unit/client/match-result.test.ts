import { describe, expect, test } from "@jest/globals";
import { matchResult } from "../../../client/match-result.ts";

type Result = { __typename: "Here"; name: string } | { __typename: "Gone" | "Broken"; code: string };

const here: Result = { __typename: "Here", name: "Ada" };

const tell = (result: Result) =>
  matchResult(result, {
    Here: ({ name }) => name,
    Gone: ({ code }) => `gone: ${code}`,
    Broken: ({ code }) => `broken: ${code}`,
  });

describe("matchResult", () => {
  test("calls the branch of the member, with the member", () => {
    expect(tell(here)).toBe("Ada");
    expect(tell({ __typename: "Broken", code: "x" })).toBe("broken: x");
  });

  test("throws, and names the member, where the gateway is newer than the types", () => {
    const answer: { newer: Result } = { newer: here };
    Object.assign(answer, { newer: { __typename: "TeapotError" } });
    expect(() => tell(answer.newer)).toThrow("matchResult has no branch for TeapotError");
  });
});
