import { describe, expect, test } from "@jest/globals";
import { Kind, parse } from "graphql";
import { readVariables } from "../../../../src/graphql/admission/variables.ts";
import { createSchema } from "../../../../src/graphql/schema.ts";

const schema = createSchema();
const john = { workspaceId: "w", conversationId: "c", key: "emailaddress", value: "canary" };

function read(parameters: string, given: Record<string, unknown>, { production = false } = {}) {
  const [operation] = parse(`query ${parameters} { __typename }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
  return readVariables(schema, operation, given, { production });
}

function problemsIn(parameters: string, given: Record<string, unknown>, options = {}): string[] {
  const result = read(parameters, given, options);
  return result.ok ? [] : result.failure.errors.map(({ message }) => message);
}

const input = "($input: UpdateParticipantStatusInput!)";
const identifiers = "($identifiers: [ParticipantIdentifierInput!]!)";
const many = Array.from({ length: 100 }, () => ({ key: "a", value: "b" }));

describe("variables that fit", () => {
  test.each<[string, Record<string, unknown>]>([
    [input, { input: { ...john, status: "ACTIVE" } }],
    [input, { input: { ...john, status: null } }],
    [input, { input: john }],
    [identifiers, { identifiers: many }],
    [identifiers, { identifiers: many[0] }],
    ["($a: String)", {}],
    ["($a: String)", { a: null }],
    ['($a: String! = "x")', {}],
    ["($a: ID!)", { a: 7 }],
    ["($a: String)", { other: "canary" }],
  ])("are taken: %s %j", (parameters, given) => {
    expect(read(parameters, given).ok).toBe(true);
  });
});

type Case = [string, Record<string, unknown>, { development: string; production: string }];

const cases: Case[] = [
  [
    "($toString: String!)",
    {},
    {
      development: "toString is missing: its type is String!.",
      production: "toString is missing.",
    },
  ],
  [
    input,
    { input: { ...john, status: "canary" } },
    {
      development: "input.status does not fit its type SettableParticipantStatus.",
      production: "input.status does not fit its type.",
    },
  ],
  [
    input,
    { input: { ...john, value: { canary: 1 } } },
    {
      development: "input.value does not fit its type String.",
      production: "input.value does not fit its type.",
    },
  ],
  [
    input,
    { input: { ...john, value: null } },
    {
      development: "input.value must not be null: its type is String!.",
      production: "input.value must not be null.",
    },
  ],
  [
    input,
    { input: { ...john, key: undefined } },
    {
      development: "input.key is missing: its type is String!.",
      production: "input lacks a field that it must have.",
    },
  ],
  [
    input,
    { input: { ...john, email: "canary" } },
    {
      development: "input.email is no field of UpdateParticipantStatusInput.",
      production: "input.email is no field.",
    },
  ],
  [
    input,
    { input: "canary" },
    {
      development: "input does not fit its type UpdateParticipantStatusInput.",
      production: "input does not fit its type.",
    },
  ],
  [
    input,
    { input: ["canary"] },
    {
      development: "input does not fit its type UpdateParticipantStatusInput.",
      production: "input does not fit its type.",
    },
  ],
  [
    input,
    {},
    {
      development: "input is missing: its type is UpdateParticipantStatusInput!.",
      production: "input is missing.",
    },
  ],
  [
    input,
    { input: null },
    {
      development: "input must not be null: its type is UpdateParticipantStatusInput!.",
      production: "input must not be null.",
    },
  ],
  [
    identifiers,
    { identifiers: many.map((one, index) => (index === 57 ? { key: "a", value: ["canary"] } : one)) },
    {
      development: "identifiers[57].value does not fit its type String.",
      production: "identifiers[57].value does not fit its type.",
    },
  ],
  [
    identifiers,
    { identifiers: many.map((one, index) => (index === 99 ? null : one)) },
    {
      development: "identifiers[99] must not be null: its type is ParticipantIdentifierInput!.",
      production: "identifiers[99] must not be null.",
    },
  ],
  [
    identifiers,
    { identifiers: { key: "a" } },
    {
      development: "identifiers.value is missing: its type is String!.",
      production: "identifiers lacks a field that it must have.",
    },
  ],
  [
    "($ids: [[ID!]])",
    { ids: [["a"], ["b", true]] },
    { development: "ids[1][1] does not fit its type ID.", production: "ids[1][1] does not fit its type." },
  ],
];

describe("a variable that does not fit", () => {
  test.each(cases)("is named by its path: %s %j", (parameters, given, { development, production }) => {
    expect(problemsIn(parameters, given)).toEqual([development]);
    expect(problemsIn(parameters, given, { production: true })).toEqual([production]);
  });

  test("is reported at every path, at most five, misspelt fields before missing ones", () => {
    expect(problemsIn(input, { input: { ...john, key: undefined, kye: "canary" } })).toEqual([
      "input.kye is no field of UpdateParticipantStatusInput.",
      "input.key is missing: its type is String!.",
    ]);
    expect(problemsIn(identifiers, { identifiers: many.map(() => ({})) })).toHaveLength(5);
    expect(problemsIn("($a: ID!, $b: ID!)", { a: true })).toHaveLength(2);
  });

  test("is named with a path of bounded length", () => {
    const [message = ""] = problemsIn(input, { input: { ...john, ["x".repeat(10_000)]: 1 } });
    expect(message.length).toBeLessThan(300);
  });

  test("never has its value repeated, in either mode", () => {
    for (const [parameters, given] of cases)
      for (const production of [true, false])
        expect(JSON.stringify(read(parameters, given, { production }))).not.toContain("canary");
  });

  test("says where its definition stands in the caller's text", () => {
    const result = read(input, { input: "canary" });
    expect(result.ok ? null : result.failure).toMatchObject({
      status: 400,
      code: "BAD_USER_INPUT",
      errors: [{ locations: [{ line: 1, column: 8 }] }],
    });
  });
});
