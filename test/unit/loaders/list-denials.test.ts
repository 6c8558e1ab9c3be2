import { expect, jest, test } from "@jest/globals";
import type { ReadFailure } from "../../../src/bird/failures.ts";
import { ListDenials } from "../../../src/loaders/list-denials.ts";

const forbidden: ReadFailure = {
  kind: "accessDenied",
  code: "Forbidden",
  message: "",
  details: null,
  reason: "FORBIDDEN",
};
const notFound: ReadFailure = { kind: "notFound", code: "NotFound", message: "", details: null };
const at = (workspaceId: string, conversationId = "c") => ({ workspaceId, conversationId });

function createDenials() {
  return new ListDenials(({ credentialId }) => credentialId === "tenant");
}

test("a key that may not list is not asked for a list in its workspace again, in any conversation", () => {
  const denials = createDenials();
  denials.note("tenant", at("w"), forbidden);
  expect(denials.isDenied("tenant", at("w", "other"))).toBe(true);
  expect(denials.isDenied("tenant", at("v"))).toBe(false);
  expect(denials.isDenied("another", at("w"))).toBe(false);
});

test("a conversation without a list is not asked for one again with the same key", () => {
  const denials = createDenials();
  denials.note("tenant", at("w"), notFound);
  expect(denials.isDenied("tenant", at("w"))).toBe(true);
  expect(denials.isDenied("tenant", at("w", "other"))).toBe(false);
});

test("denials of strangers are remembered, and evict no denial of a tenant", () => {
  const denials = createDenials();
  denials.note("tenant", at("w"), notFound);
  for (let index = 0; index < 12_000; index++) denials.note("stranger", at("w", String(index)), notFound);
  expect(denials.isDenied("stranger", at("w", "11999"))).toBe(true);
  expect(denials.isDenied("tenant", at("w"))).toBe(true);
});

test("a denied list is asked for again after a minute: rights are granted, and lists appear", () => {
  // The store reads the clock through `performance`, and again once a timer of a millisecond has fired.
  jest.useFakeTimers({ doNotFake: ["performance"] });
  const now = jest.spyOn(performance, "now").mockReturnValue(1000);
  const denials = createDenials();
  const names = ["tenant", "stranger"];
  for (const name of names) {
    denials.note(name, at("w"), notFound);
    denials.note(name, at("v"), forbidden);
  }
  const denied = () =>
    names.flatMap((name) => [denials.isDenied(name, at("w")), denials.isDenied(name, at("v", "other"))]);
  const passTo = (ms: number) => {
    now.mockReturnValue(ms);
    jest.advanceTimersByTime(1);
  };
  passTo(60_999);
  expect(denied()).toEqual([true, true, true, true]);
  passTo(61_001);
  expect(denied()).toEqual([false, false, false, false]);
  now.mockRestore();
  jest.useRealTimers();
});
