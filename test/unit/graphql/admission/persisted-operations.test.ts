import { describe, expect, test } from "@jest/globals";
import { readManifest, sha256 } from "../../../../src/graphql/admission/manifest.ts";
import {
  findText,
  type OperationSource,
  type PersistedOperations,
} from "../../../../src/graphql/admission/persisted-operations.ts";
import { writeTemporary } from "../../../support/temporary.ts";

const known = "{ known: __typename }";
const other = "{ other: __typename }";
const text = "{ __typename }";
const manifest = readManifest(writeTemporary({ "sha256:own": known, plain: other }));
const off: PersistedOperations = { mode: "off" };
const log: PersistedOperations = { mode: "log", manifest };
const enforce: PersistedOperations = { mode: "enforce", manifest };

const byHash = (sha256Hash: string, query?: string): OperationSource => ({
  query,
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

/** The text that is executed, or the code of the rejection. */
function find(source: OperationSource, persisted: PersistedOperations, fromRouter = false): string {
  const found = findText(source, persisted, { requestId: "request-1", fromRouter });
  return found.ok ? found.value : found.failure.code;
}

const NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND";
const NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED";
const NOT_PERSISTED = "OPERATION_NOT_PERSISTED";

describe("the text of an operation", () => {
  test.each<[string, OperationSource, { off: string; log: string; enforce: string }]>([
    ["a text", { query: text }, { off: text, log: text, enforce: NOT_PERSISTED }],
    ["a text and its hash", byHash(sha256(text), text), { off: text, log: text, enforce: NOT_PERSISTED }],
    ["a text and another hash", byHash("0", text), { off: text, log: text, enforce: NOT_PERSISTED }],
    ["a hash alone", byHash(sha256(text)), { off: NOT_SUPPORTED, log: NOT_SUPPORTED, enforce: NOT_FOUND }],
    ["an id alone", { documentId: "unknown" }, { off: NOT_SUPPORTED, log: NOT_FOUND, enforce: NOT_FOUND }],
    ["nothing", {}, { off: "BAD_REQUEST", log: "BAD_REQUEST", enforce: "BAD_REQUEST" }],
    ["a text of the manifest", { query: known }, { off: known, log: known, enforce: known }],
    ["a hash of the manifest", byHash(sha256(known)), { off: NOT_SUPPORTED, log: known, enforce: known }],
    ["an id of the manifest", { documentId: "plain" }, { off: NOT_SUPPORTED, log: other, enforce: other }],
    [
      "its id behind the name of a hash",
      { documentId: "sha256:plain" },
      { off: NOT_SUPPORTED, log: other, enforce: other },
    ],
    [
      "an id that begins so itself",
      { documentId: "sha256:own" },
      { off: NOT_SUPPORTED, log: known, enforce: known },
    ],
    [
      "an id and its text",
      { documentId: "sha256:own", query: known },
      { off: known, log: known, enforce: known },
    ],
    [
      "an id and another text",
      { documentId: "sha256:own", query: other },
      { off: other, log: NOT_FOUND, enforce: NOT_FOUND },
    ],
    [
      "an extension without a hash",
      { query: text, extensions: { persistedQuery: {} } },
      { off: text, log: text, enforce: NOT_PERSISTED },
    ],
  ])("is found from %s, or is not", (_what, source, expected) => {
    expect({ off: find(source, off), log: find(source, log), enforce: find(source, enforce) }).toEqual(
      expected,
    );
  });
});

describe("the text of a router's operation", () => {
  test.each<[string, OperationSource, string]>([
    ["a text", { query: text }, text],
    ["a text and its hash", byHash(sha256(text), text), text],
    ["a text and the hash of another one of the manifest", byHash(sha256(known), text), text],
    ["a hash alone, after which the router sends the text", byHash(sha256(text)), NOT_FOUND],
    ["nothing", {}, "BAD_REQUEST"],
  ])("is found without the manifest, whatever the mode: %s", (_what, source, expected) => {
    for (const mode of [off, log, enforce]) expect(find(source, mode, true)).toBe(expected);
  });
});

describe("a manifest", () => {
  const ofApollo = (...operations: readonly object[]) => ({
    format: "apollo-persisted-query-manifest",
    version: 1,
    operations,
  });

  test.each([
    [
      "one id for two operations",
      ofApollo({ id: "a", body: known }, { id: "a", body: other }),
      /^gives the id a to/,
    ],
    [
      "the hash of one operation as the id of another",
      { [sha256(known)]: other, b: known },
      /^gives the id [0-9a-f]+ to/,
    ],
    ["no operations", ofApollo(), /^has no operations$/],
    ["nothing", {}, /^has no operations$/],
    [
      "a text that is no operation",
      { a: known, b: "canary" },
      /^has a text that is not GraphQL, with the id b$/,
    ],
  ])("is rejected when it has %s", (_what, content, problem) => {
    expect(() => readManifest(writeTemporary(content))).toThrow(problem);
  });

  test("may name one operation twice", () => {
    const twice = readManifest(writeTemporary(ofApollo({ id: "a", body: known }, { id: "a", body: known })));
    expect(twice.textOf("a")).toBe(known);
  });
});
