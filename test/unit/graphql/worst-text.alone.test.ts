import { describe, expect, test } from "@jest/globals";
import { largestLegalText } from "../../../bench/worst-text/grammar.js";
import { createReader } from "../../../bench/worst-text/reader.js";
import { runProcess } from "../../support/process.ts";

describe("before its execution a text costs", () => {
  // In a process of its own: what Jest and other tests keep in the heap would count as the cost of a text.
  test("at most twice as much as the largest legal one, and a rejected one three times its own parsing", async () => {
    const hunt = await runProcess({}, "node", ["--import", "tsx", "bench/worst-texts.js", "--short"]);
    expect(hunt).toMatchObject({ code: 0, stdout: expect.stringContaining("Met.") });
  }, 120_000);

  test("nothing that the largest legal operation would be rejected for", () => {
    expect(createReader().read(largestLegalText())).toBe(true);
  });
});
