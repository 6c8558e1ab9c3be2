import { describe, expect, test } from "@jest/globals";
import { decodeParticipantPage } from "../../../src/bird/participant-page.ts";
import { conversationId, workspaceId } from "../../support/bird.ts";

const nextPageTokenOf = (nextPageToken: unknown) =>
  decodeParticipantPage({ results: [], nextPageToken }, { workspaceId, conversationId })?.nextPageToken;

const totalOf = (total: unknown) =>
  decodeParticipantPage({ results: [], total }, { workspaceId, conversationId })?.total;

describe("decodeParticipantPage", () => {
  test.each(["a", "a b&c=%2e#é", "\r\n", "a".repeat(8000), "\ud83d\ude00"])("takes the token %j", (token) => {
    expect(nextPageTokenOf(token)).toBe(token);
  });

  test.each([undefined, null, "", 5, ["a"], {}, true, "a".repeat(8001), "\ud800", "a\udc00b"])(
    "takes the page for the last one when its token is %j",
    (token) => {
      expect(nextPageTokenOf(token)).toBeNull();
    },
  );

  test.each([0, 7, 2 ** 53 - 1])("takes the total %j", (total) => {
    expect(totalOf(total)).toBe(total);
  });

  test.each([undefined, null, "7", -1, 1.5, 2 ** 53, Infinity, [7], {}, true])(
    "knows no total where it is %j",
    (total) => {
      expect(totalOf(total)).toBeNull();
    },
  );
});
