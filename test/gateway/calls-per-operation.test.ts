import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { john, misbehaving } from "../support/bird.ts";
import { executeForData } from "../support/execute.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import {
  ReadParticipantDocument,
  ReadParticipantsDocument,
  UpdateStatusDocument,
} from "../support/__generated__/operations.ts";

let gateway: SandboxedGateway;

beforeAll(async () => {
  gateway = await startSandboxedGateway({ BIRD_CALLS_PER_OPERATION: "3", BIRD_BATCHING: "single" });
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.calls.length = 0;
});

test("a lookup beyond the calls of one operation is RateLimitedError, without a call", async () => {
  const identifiers = Array.from({ length: 5 }, (_, index) => ({
    key: "emailaddress",
    value: `n${index}@example.com`,
  }));
  const place = { workspaceId: john.workspaceId, conversationId: john.conversationId };
  const { conversationParticipants } = await executeForData(gateway.url, ReadParticipantsDocument, {
    ...place,
    identifiers,
  });
  expect(conversationParticipants?.map(({ __typename }) => __typename)).toEqual([
    "NotFoundError",
    "NotFoundError",
    "NotFoundError",
    "RateLimitedError",
    "RateLimitedError",
  ]);
  expect(conversationParticipants?.[4]).toMatchObject({ code: "BudgetExhausted", retryAfterSeconds: null });
  expect(gateway.calls).toHaveLength(3);
});

test("retries and reads after lost updates count as calls", async () => {
  await executeForData(gateway.url, ReadParticipantDocument, misbehaving("status=503"));
  expect(gateway.calls).toHaveLength(3);
  gateway.calls.length = 0;
  const input = { ...misbehaving("status=503"), status: "ACTIVE" as const };
  await executeForData(gateway.url, UpdateStatusDocument, { input });
  expect(gateway.calls.length).toBeLessThanOrEqual(3);
});

test("the next operation has calls of its own", async () => {
  const { conversationParticipant } = await executeForData(gateway.url, ReadParticipantDocument, john);
  expect(conversationParticipant?.__typename).toBe("ConversationParticipant");
});
