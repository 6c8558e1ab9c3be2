// What the client kit tells caches; test/clients/ shows with the real clients that they act on it.
import { describe, expect, test } from "@jest/globals";
import { getDataID, graphcacheKeys, possibleTypes, typePolicies } from "../../../client/index.ts";

const participant = { workspaceId: "w", conversationId: "c", id: "p" };
const keyOf = (typename: string, object: Record<string, unknown>) => graphcacheKeys[typename]?.(object);
const readField = (object: Record<string, unknown>) => ({ readField: (name: string) => object[name] });

describe("a participant", () => {
  test("is identified by workspace, conversation and id together", () => {
    for (const name of ["workspaceId", "conversationId", "id"]) {
      const other = { ...participant, [name]: "x" };
      expect(keyOf("ConversationParticipant", other)).not.toBe(keyOf("ConversationParticipant", participant));
      expect(getDataID(other, "ConversationParticipant")).not.toBe(
        getDataID(participant, "ConversationParticipant"),
      );
    }
    const { keyFields } = typePolicies.ConversationParticipant;
    expect(new Set(keyFields({}, readField(participant)) || [])).toEqual(
      new Set(["workspaceId", "conversationId", "id"]),
    );
  });

  test("has an identity that does not depend on the order of its fields, for any values", () => {
    const { workspaceId, conversationId, id } = participant;
    const sameInOtherOrder = { id, conversationId, workspaceId, status: "ACTIVE" };
    expect(getDataID(sameInOtherOrder, "ConversationParticipant")).toBe(
      getDataID(participant, "ConversationParticipant"),
    );
    const one = { workspaceId: 'a","b', conversationId: "c", id: "d" };
    const other = { workspaceId: "a", conversationId: 'b","c', id: "d" };
    expect(keyOf("ConversationParticipant", one)).not.toBe(keyOf("ConversationParticipant", other));
  });

  test.each(["workspaceId", "conversationId", "id"])("has no identity when %s was not selected", (name) => {
    const rest: Record<string, unknown> = Object.fromEntries(
      Object.entries(participant).filter(([field]) => field !== name),
    );
    expect(keyOf("ConversationParticipant", rest)).toBeNull();
    expect(getDataID(rest, "ConversationParticipant")).toBeUndefined();
    expect(typePolicies.ConversationParticipant.keyFields({}, readField(rest))).toBe(false);
  });
});

describe("other types", () => {
  test("of the gateway have no identity of their own", () => {
    for (const typename of ["ParticipantContact", "FieldError", ...possibleTypes.BirdError]) {
      expect(keyOf(typename, { id: "x" })).toBeNull();
    }
  });

  test("of other subgraphs keep Relay's rule", () => {
    expect(getDataID({ id: "x" }, "Order")).toBe("x");
    expect(getDataID({ name: "x" }, "Order")).toBeUndefined();
  });
});

test("BirdError stands for every failure", () => {
  expect(possibleTypes.BirdError).toContain("ConflictError");
});
