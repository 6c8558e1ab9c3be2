import { describe, expect, test } from "@jest/globals";
import { chooseAnswerType, isUtf8, prefersHtml, readContentType } from "../../../src/server/media-types.ts";

describe("a content-type", () => {
  test.each([
    ["application/json", "application/json", []],
    ["Application/JSON ; Charset=UTF-8", "application/json", ["utf-8"]],
    ['application/json;charset="utf-8"', "application/json", ["utf-8"]],
    ["application/json;charset = utf-8", "application/json", ["utf-8"]],
    ["application/json;charset=utf-8;charset=latin1", "application/json", ["utf-8", "latin1"]],
    ["application/json;charset", "application/json", [""]],
    ["application/json;profile=charset=utf-16", "application/json", []],
    ['application/json;charset="', "application/json", ['"']],
    ["", "", []],
    [";;;", "", []],
  ])("is read: %j", (header, essence, charsets) => {
    expect(readContentType(header)).toEqual({ essence, charsets });
  });

  test("is UTF-8 when each charset is, and when there is none", () => {
    expect(
      [[], ["utf-8"], ["utf8"], ["utf-8", "utf8"]].map((charsets) => isUtf8({ essence: "", charsets })),
    ).toEqual([true, true, true, true]);
    expect(
      [[""], ["latin1"], ["utf-8", "latin1"]].map((charsets) => isUtf8({ essence: "", charsets })),
    ).toEqual([false, false, false]);
  });

  test("of white space as long as headers may be is read at once", () => {
    expect(readContentType(`application/json;charset=${" ".repeat(16_000)}x y`).charsets).toEqual(["x y"]);
  });
});

describe("the type of an answer", () => {
  test("is the same every time a header is read", () => {
    for (let times = 0; times < 3; times += 1) {
      expect(chooseAnswerType("text/html")).toBeNull();
      expect(chooseAnswerType("application/graphql-response+json, application/json;q=0.9")).toBe(
        "application/graphql-response+json",
      );
    }
  });

  test("is JSON for a header that is longer than any client's", () => {
    expect(chooseAnswerType("text/html,".repeat(200))).toBe("application/json");
  });

  test.each([",,,", ";q=1", "a", "*", "application/json;q=2;q=", `${"a/b,".repeat(4000)}*/*`])(
    "is found or not, and nothing throws, for %j",
    (accept) => {
      expect([null, "application/json"]).toContain(chooseAnswerType(accept));
    },
  );
});

test.each([
  ["text/html,application/xhtml+xml,*/*;q=0.8", true],
  ["*/*", false],
  ["application/json, text/html;q=0.9", false],
  [undefined, false],
])("a page is wanted by %j: %s", (accept, expected) => {
  expect(prefersHtml(accept)).toBe(expected);
});
