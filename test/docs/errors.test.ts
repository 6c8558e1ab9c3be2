import { describe, expect, test } from "@jest/globals";
import { buildSchema, isInterfaceType, isObjectType } from "graphql";
import { code, readDocument, tableOf } from "../support/markdown.ts";

const document = readDocument("docs/errors.md");
const { BirdError, ...types } = buildSchema(readDocument("client/schema.graphql")).getTypeMap();

describe("docs/errors.md", () => {
  test("describes `code` in the schema's words", () => {
    if (!isInterfaceType(BirdError)) throw new Error("BirdError is no interface");
    const description = BirdError.getFields()["code"]?.description;
    expect(description).toContain("The list is open");
    expect(document).toContain(`> ${description ?? ""}\n`);
  });

  test("lists the codes that the schema's errors name, each with its member", () => {
    const named = Object.values(types).flatMap((type) => {
      if (!isObjectType(type) || !type.name.endsWith("Error") || type.name === "FieldError") return [];
      const names = (type.getFields()["code"]?.description ?? "").matchAll(/`([A-Z]\w+)`/g);
      return [...names].map(([, name]) => `${type.name} ${name ?? ""}`);
    });
    const listed = tableOf(document, "code", "member", "who decided").map(
      (row) => `${code(row["member"])} ${code(row["code"])}`,
    );
    expect(listed.sort()).toEqual(named.sort());
  });

  test("says what to do for every member of the unions", () => {
    const members = tableOf(document, "member", "what happened", "what to do").map((row) =>
      code(row["member"]),
    );
    const errors = Object.values(types).filter(
      (type) => isObjectType(type) && type.getInterfaces().length > 0,
    );
    expect(members.sort()).toEqual(["ConversationParticipant", ...errors.map(({ name }) => name)].sort());
  });
});
