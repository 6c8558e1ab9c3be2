import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { decodeParticipant } from "../../../src/bird/participant.ts";
import * as events from "../../../src/observability/events.ts";
import { aParticipant, conversationId, workspaceId } from "../../support/bird.ts";

const place = { workspaceId, conversationId };

afterEach(() => {
  jest.useRealTimers();
});

describe("decodeParticipant", () => {
  test("reads the documents' example", () => {
    expect(decodeParticipant(aParticipant, place)).toEqual({
      workspaceId,
      conversationId,
      id: "8f0b5377-2edc-4116-a8e8-6a475f245a04",
      type: "CONTACT",
      status: "ACTIVE",
      displayName: "John Doe",
      avatarUrl: "",
      contact: {
        identifierKey: "emailaddress",
        identifierValue: "john.doe@bird.com",
        platformAddress: "john.doe@bird.com",
        platformAddressSelector: null,
      },
    });
  });

  test("needs no more than id and type", () => {
    expect(decodeParticipant({ id: "x", type: "bot" }, place)).toEqual({
      workspaceId,
      conversationId,
      id: "x",
      type: "BOT",
      status: "ACTIVE",
      displayName: null,
      avatarUrl: null,
      contact: null,
    });
  });

  test.each([
    ["user", "USER"],
    ["contact", "CONTACT"],
    ["agent", "AGENT"],
    ["flow", "FLOW"],
    ["bot", "BOT"],
    ["accessKey", "ACCESS_KEY"],
    ["channel", "CHANNEL"],
    ["connector", "CONNECTOR"],
    ["collaborationAutomation", "COLLABORATION_AUTOMATION"],
    ["hologram", "UNKNOWN"],
    ["constructor", "UNKNOWN"],
  ])("reads the type %s as %s", (type, expected) => {
    expect(decodeParticipant({ id: "x", type }, place)?.type).toBe(expected);
  });

  test.each([
    ["pending", "PENDING"],
    ["invited", "INVITED"],
    ["active", "ACTIVE"],
    ["banished", "UNKNOWN"],
    [null, "ACTIVE"],
  ])("reads the status %s as %s", (status, expected) => {
    expect(decodeParticipant({ id: "x", type: "user", status }, place)?.status).toBe(expected);
  });

  test("counts an unknown value by its field, and says nothing of the value", async () => {
    const before = await unknownValues();
    decodeParticipant({ id: "x", type: "canary-type", status: "canary-status" }, place);
    expect(await unknownValues()).toEqual({ type: before.type + 1, status: before.status + 1 });
    expect(await events.metrics.text()).not.toContain("canary");
  });

  test("logs unknown values of a field once a minute, however many there are", () => {
    let log = "";
    events.openLog({ write: (line) => (log += line) });
    jest.useFakeTimers();
    // Later than every line that the other tests have logged by the real clock.
    jest.advanceTimersByTime(24 * 60 * 60_000);
    for (let minute = 1; minute <= 3; minute++) {
      jest.advanceTimersByTime(60_000);
      for (let count = 0; count < 100; count++)
        decodeParticipant({ id: "x", type: "team", status: "idle" }, place);
      expect(log.match(/"field":"type"/g)).toHaveLength(minute);
      expect(log.match(/"field":"status"/g)).toHaveLength(minute);
    }
  });

  test("ignores fields it does not know", () => {
    expect(decodeParticipant({ ...aParticipant, mood: "good", contact: { extra: 1 } }, place)).not.toBeNull();
  });

  test("ends a name at 4,000 characters, and leaves out longer URLs and addresses", () => {
    const read = (characters: number) => {
      const text = "x".repeat(characters);
      const contact = { platformAddress: text, platformAddressSelector: text };
      return decodeParticipant({ ...aParticipant, displayName: text, avatarUrl: text, contact }, place);
    };
    const longest = "x".repeat(4000);
    expect(read(4000)).toMatchObject({
      displayName: longest,
      avatarUrl: longest,
      contact: { platformAddress: longest, platformAddressSelector: longest },
    });
    expect(read(4001)).toMatchObject({
      displayName: longest,
      avatarUrl: null,
      contact: { platformAddress: null, platformAddressSelector: null },
    });
  });

  test.each([
    ["null", null],
    ["text", "participant"],
    ["a list", [aParticipant]],
    ["nothing", {}],
    ["no id", { ...aParticipant, id: undefined }],
    ["an empty id", { ...aParticipant, id: "" }],
    ["a number for an id", { ...aParticipant, id: 7 }],
    ["no type", { ...aParticipant, type: undefined }],
    ["a type that is no text", { ...aParticipant, type: {} }],
    ["a status that is no text", { ...aParticipant, status: 1 }],
    ["a name that is no text", { ...aParticipant, displayName: ["John"] }],
    ["a contact that is no object", { ...aParticipant, contact: "john" }],
    ["an id of 4,001 characters", { ...aParticipant, id: "x".repeat(4001) }],
    [
      "an identifier's key of 4,001 characters",
      { ...aParticipant, contact: { identifierKey: "x".repeat(4001) } },
    ],
    [
      "an identifier of 4,001 characters",
      { ...aParticipant, contact: { identifierValue: "x".repeat(4001) } },
    ],
    ["a contact whose fields are no text", { ...aParticipant, contact: { identifierKey: 1 } }],
  ])("rejects %s", (_what, body) => {
    expect(decodeParticipant(body, place)).toBeNull();
  });
});

async function unknownValues(): Promise<{ type: number; status: number }> {
  const text = await events.metrics.text();
  const count = (field: string) =>
    Number(
      new RegExp(`^gateway_unknown_enum_values_total\\{field="${field}"\\} (\\d+)$`, "m").exec(text)?.[1] ??
        0,
    );
  return { type: count("type"), status: count("status") };
}
