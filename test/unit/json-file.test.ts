import { execFileSync } from "node:child_process";
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

  test("waits for no pipe, and reads no device", () => {
    const pipe = `${temporaryFolder()}/pipe`;
    execFileSync("mkfifo", [pipe]);
    for (const path of [pipe, "/dev/null", "/dev/zero"])
      expect(() => readJsonFile(path)).toThrow(
        new FileError("is a pipe or a device, which cannot be read again"),
      );
  });

  test("says that a file cannot be read, and why", () => {
    const folder = temporaryFolder();
    const missing = `${folder}/nothing.json`;
    expect(() => readJsonFile(missing)).toThrow(new FileError("cannot be read: it does not exist"));
    expect(() => readJsonFile(folder)).toThrow(new FileError("cannot be read: it is a folder"));
  });
});
