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

  test("says that a file cannot be read", () => {
    const folder = temporaryFolder();
    expect(() => readJsonFile(`${folder}/nothing.json`)).toThrow(new FileError("cannot be read"));
    expect(() => readJsonFile(folder)).toThrow(new FileError("cannot be read"));
  });
});
