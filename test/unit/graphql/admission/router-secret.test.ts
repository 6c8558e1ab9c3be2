import { describe, expect, test } from "@jest/globals";
import { createRouterCheck } from "../../../../src/graphql/admission/router-secret.ts";

describe("createRouterCheck", () => {
  const isRouter = createRouterCheck(["the-new-secret", "the-old-secret"]);

  test.each(["the-new-secret", "the-old-secret"])("knows a router by %s", (header) => {
    expect(isRouter(header)).toBe(true);
  });

  test.each([
    undefined,
    "",
    "the-new",
    "the-new-secret ",
    "THE-NEW-SECRET",
    "the-new-secret,the-old-secret",
    "é",
  ])("knows no router by %j", (header) => {
    expect(isRouter(header)).toBe(false);
  });

  test("accepts no router when there are no secrets", () => {
    expect([undefined, "", "undefined"].map(createRouterCheck([]))).toEqual([false, false, false]);
  });
});
