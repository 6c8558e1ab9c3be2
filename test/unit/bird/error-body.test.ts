import { describe, expect, test } from "@jest/globals";
import { readErrorBody, type ErrorBody } from "../../../src/bird/error-body.ts";

const read = (value: unknown) => readErrorBody({ kind: "json", value });
const status = (...messages: string[]) => [{ path: "status", messages }];

describe("readErrorBody", () => {
  test.each<[whose: string, body: unknown, said: Omit<ErrorBody, "details">]>([
    [
      "Bird",
      { code: "InvalidPayload", message: "It does not fit.", details: { ".status": ["is odd"] } },
      { code: "InvalidPayload", message: "It does not fit.", fieldErrors: status("is odd") },
    ],
    [
      "Bird's platform API",
      {
        error: { type: "t", code: "E01001", message: "m", details: [{ field: "status", message: "is odd" }] },
      },
      { code: "E01001", message: "m", fieldErrors: status("is odd") },
    ],
    [
      "Bird's platform API, with a map of details",
      { error: { code: "E01001", message: "m", details: { status: ["is odd", "is new"] } } },
      { code: "E01001", message: "m", fieldErrors: status("is odd", "is new") },
    ],
    [
      "Bird's platform API, with one parameter",
      { error: { code: "E01001", message: "is odd", param: "status" } },
      { code: "E01001", message: "is odd", fieldErrors: status("is odd") },
    ],
    [
      "Bird's platform API, flat",
      { code: "E01001", message: "m" },
      { code: "E01001", message: "m", fieldErrors: [] },
    ],
    [
      "the MessageBird API",
      { errors: [{ code: 9, description: "no recipients found", parameter: "status" }] },
      { code: "9", message: "no recipients found", fieldErrors: status("no recipients found") },
    ],
    [
      "RFC 9457",
      {
        type: "https://example.com/odd",
        title: "The request is odd.",
        status: 422,
        detail: "The status does not fit.",
        errors: [{ detail: "is odd", pointer: "#/status" }],
      },
      { message: "The status does not fit.", fieldErrors: status("is odd") },
    ],
    [
      "RFC 9457, with no more than a title",
      { title: "The request is odd." },
      { message: "The request is odd.", fieldErrors: [] },
    ],
    [
      "RFC 9457, with a map of errors",
      { title: "The request is odd.", errors: { status: ["is odd"] } },
      { message: "The request is odd.", fieldErrors: status("is odd") },
    ],
    ["servers with a text", { error: "It does not fit." }, { message: "It does not fit.", fieldErrors: [] }],
    [
      "servers with a word and a text",
      { error: "Unprocessable Entity", message: "It does not fit.", statusCode: 422 },
      { message: "It does not fit.", fieldErrors: [] },
    ],
    [
      "OAuth",
      { error: "invalid_token", error_description: "It has expired." },
      { message: "It has expired.", fieldErrors: [] },
    ],
    [
      "servers with a list",
      { message: ["a is odd", "b is odd"] },
      { message: "a is odd; b is odd", fieldErrors: [] },
    ],
    [
      "servers with a list of problems",
      { error: [{ path: ["status"], message: "is odd" }] },
      { message: "is odd", fieldErrors: status("is odd") },
    ],
    [
      "FastAPI",
      { detail: [{ loc: ["body", "status"], msg: "is odd", type: "enum" }] },
      { message: "is odd", fieldErrors: [{ path: "body.status", messages: ["is odd"] }] },
    ],
    [
      "RFC 9457, with invalid-params",
      { title: "t", status: 422, "invalid-params": [{ name: "status", reason: "is odd" }] },
      { message: "t", fieldErrors: status("is odd") },
    ],
    [
      "RFC 9457, with invalidParams",
      { detail: "d", invalidParams: [{ name: "status", reason: "is odd" }] },
      { message: "d", fieldErrors: status("is odd") },
    ],
    [
      "servers with a map of lists of problems",
      { message: "m", errors: { status: [{ message: "is odd", code: "invalid" }, { message: "is new" }] } },
      { message: "m", fieldErrors: status("is odd", "is new") },
    ],
    [
      "servers with a map of problems",
      { message: "m", details: { status: { message: "is odd" }, key: { code: 7 } } },
      { message: "m", fieldErrors: status("is odd") },
    ],
    [
      "FastAPI, with an object of its own",
      { detail: { code: "X", message: "m", details: { status: ["is odd"] } } },
      { code: "X", message: "m", fieldErrors: status("is odd") },
    ],
    [
      "RFC 9457, with violations",
      { title: "t", violations: [{ field: "status", message: "is odd" }] },
      { message: "t", fieldErrors: status("is odd") },
    ],
    [
      "JSON:API",
      {
        errors: [{ status: "422", code: "X", title: "t", detail: "is odd", source: { pointer: "/status" } }],
      },
      { code: "X", message: "is odd", fieldErrors: status("is odd") },
    ],
    [
      "JSON:API, with a parameter and no more than a title",
      { errors: [{ title: "is odd", source: { parameter: "status" } }] },
      { message: "is odd", fieldErrors: status("is odd") },
    ],
    [
      "Google",
      {
        error: {
          code: 400,
          message: "m",
          status: "INVALID_ARGUMENT",
          details: [
            { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: "ODD", domain: "example.com" },
            {
              "@type": "type.googleapis.com/google.rpc.BadRequest",
              fieldViolations: [
                { field: "status", description: "is odd" },
                { field: "status", description: "is new" },
              ],
            },
          ],
        },
      },
      { code: "400", message: "m", fieldErrors: status("is odd", "is new") },
    ],
    [
      "Spring",
      {
        timestamp: "2024-01-01T00:00:00.000+00:00",
        status: 422,
        error: "Unprocessable Entity",
        message: "m",
        path: "/workspaces/w/conversations/c/participants/p",
      },
      { message: "m", fieldErrors: [] },
    ],
    [
      "Spring, with a list of errors",
      { status: 422, message: "m", path: "/x", errors: [{ field: "status", defaultMessage: "is odd" }] },
      { message: "m", fieldErrors: status("is odd") },
    ],
    [
      "servers with the path of the request in an error",
      { error: { name: "OddError", message: "m", path: "/x", timestamp: "2024-01-01" } },
      { message: "m", fieldErrors: [] },
    ],
    [
      "servers with an object as message",
      { message: { code: "X", message: "m", details: { status: ["is odd"] } } },
      { code: "X", message: "m", fieldErrors: status("is odd") },
    ],
    [
      "servers with an object as the message of an error",
      { error: { message: { description: "m" } } },
      { message: "m", fieldErrors: [] },
    ],
    ["servers with a capital letter", { Message: "m" }, { message: "m", fieldErrors: [] }],
    [
      "servers with an object without a message",
      { message: { a: "b" }, title: "t" },
      { message: "t", fieldErrors: [] },
    ],
    [
      "servers with a list of errors",
      { errors: ["a is odd", "b is odd"] },
      { message: "a is odd; b is odd", fieldErrors: [] },
    ],
    [
      "Bird, with huge and tiny numbers",
      { details: { a: "1e400", b: ["-2.5E+400", "1e-400"], c: "0.1000000000000000000000001", d: "is odd" } },
      { fieldErrors: [{ path: "d", messages: ["is odd"] }] },
    ],
    [
      "servers with numbers as messages",
      { message: "1e400", title: 404, details: [{ field: "status", message: "12345678901234567890" }] },
      { fieldErrors: [] },
    ],
    [
      "Bird, with a long number",
      { code: "X", message: "m", details: { number: "12345678901234567890", status: ["is odd"] } },
      { code: "X", message: "m", fieldErrors: status("is odd") },
    ],
    ["nobody", { code: {}, message: [], error: false, errors: true, details: null }, { fieldErrors: [] }],
    ["an empty object", {}, { fieldErrors: [] }],
    ["an object of empty texts", { code: "", message: " ", error: "" }, { fieldErrors: [] }],
  ])("reads the shape of %s", (_whose, body, expected) => {
    const { code, message, fieldErrors } = read(body);
    expect({ code, message, fieldErrors }).toEqual(expected);
  });

  test("returns details unchanged, from the field that has some", () => {
    const details = { a: ["b"], n: [1, "x"] };
    expect(read({ code: "X", message: "m", details }).details).toEqual(details);
    expect(read({ error: { code: "X", message: "m", details } }).details).toEqual(details);
    expect(read({ errors: [{ description: "m" }] }).details).toEqual([{ description: "m" }]);
    expect(read({ code: "X", message: "m" }).details).toBeNull();
  });

  test.each([
    [".receiver.contacts[0]", "receiver.contacts[0]"],
    ["receiver.contacts[0]", "receiver.contacts[0]"],
    ["$.receiver.contacts[0]", "receiver.contacts[0]"],
    ["#/receiver/contacts/0", "receiver.contacts[0]"],
    ["/receiver/contacts/0", "receiver.contacts[0]"],
    ["/a~1b/c~0d", "a/b.c~d"],
  ])("names the field %s as %s", (path, name) => {
    expect(read({ details: { [path]: ["is odd"] } }).fieldErrors).toEqual([
      { path: name, messages: ["is odd"] },
    ]);
    expect(read({ details: [{ path, message: "is odd" }] }).fieldErrors).toEqual([
      { path: name, messages: ["is odd"] },
    ]);
  });

  test("puts the messages of one field together", () => {
    const details = [
      { field: "a", message: "1" },
      { field: "b", message: "2" },
      { field: "a", message: "3" },
    ];
    expect(read({ details }).fieldErrors).toEqual([
      { path: "a", messages: ["1", "3"] },
      { path: "b", messages: ["2"] },
    ]);
  });

  test("reads no message that is nested a thousand levels deep", () => {
    for (const wrap of [(message: unknown) => ({ message }), (message: unknown) => [{ message }]]) {
      let value: unknown = "m";
      for (let level = 0; level < 50_000; level += 1) value = wrap(value);
      expect(read({ message: value })).toEqual({ details: null, fieldErrors: [] });
    }
  });

  test("cuts a message after 1,000 characters and a code after 100, and no character in two", () => {
    const { code, message } = read({
      code: "c".repeat(200),
      message: `${"m".repeat(999)}😀${"m".repeat(99)}`,
    });
    expect(code).toBe("c".repeat(100));
    expect(message).toBe("m".repeat(999));
  });

  test("drops details above 16 kB or 32 levels, and __proto__ in them, from every field", () => {
    const large = { a: "x".repeat(20_000) };
    const proto: unknown = JSON.parse('{"__proto__":{"a":1},"b":["c"]}');
    for (const place of [
      (details: unknown) => ({ details }),
      (details: unknown) => ({ error: { details } }),
    ]) {
      expect(read(place(large))).toEqual({ details: null, fieldErrors: [] });
      expect(JSON.stringify(read(place(proto)).details)).toBe('{"b":["c"]}');
    }
  });

  test.each<[string, Parameters<typeof readErrorBody>[0]]>([
    ["an empty body", { kind: "empty" }],
    ["no JSON", { kind: "unreadable" }],
    ["a lost body", { kind: "lost", reason: "timeout" }],
    ["a list", { kind: "json", value: [{ code: "X" }] }],
    ["a text", { kind: "json", value: "It does not fit." }],
  ])("reads nothing from %s", (_what, body) => {
    expect(readErrorBody(body)).toEqual({ details: null, fieldErrors: [] });
  });
});
