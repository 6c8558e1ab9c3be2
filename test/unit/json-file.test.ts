import { describe, expect, test } from "@jest/globals";
import { FileError, readJsonFile } from "../../src/json-file.ts";
import { temporaryFolder, writeTemporary } from "../support/temporary.ts";

describe("readJsonFile", () => {
  test("reads JSON", () => {
    expect(readJsonFile(writeTemporary('{"a":[1]}'))).toEqual({ a: [1] });
  });

  test("says that a file is not JSON without quoting it", () => {
    expect(() => readJsonFile(writeTemporary("canary"))).toThrow(new FileError("is not JSON"));
  });

  test("says that a file cannot be read, and why", () => {
    const folder = temporaryFolder();
    const missing = `${folder}/nothing.json`;
    expect(() => readJsonFile(missing)).toThrow(new FileError("cannot be read: it does not exist"));
    expect(() => readJsonFile(folder)).toThrow(new FileError("cannot be read: it is a folder"));
  });
});
