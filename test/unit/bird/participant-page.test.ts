import { describe, expect, test } from "@jest/globals";
import { decodeParticipantPage } from "../../../src/bird/participant-page.ts";
import { conversationId, workspaceId } from "../../support/bird.ts";

const nextPageTokenOf = (nextPageToken: unknown) =>
  decodeParticipantPage({ results: [], nextPageToken }, { workspaceId, conversationId })?.nextPageToken;

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
});
