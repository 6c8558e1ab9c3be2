import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { FileError, readJsonFile } from "../../src/json-file.ts";

const folder = mkdtempSync(join(tmpdir(), "gateway-json-file-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fileOf(text: string): string {
  const path = join(folder, "file.json");
  writeFileSync(path, text);
  return path;
}

describe("readJsonFile", () => {
  test("reads JSON", () => {
    expect(readJsonFile(fileOf('{"a":[1]}'))).toEqual({ a: [1] });
  });

  test("says that a file is not JSON without quoting it", () => {
    expect(() => readJsonFile(fileOf("canary"))).toThrow(new FileError("is not JSON"));
  });

  test("says that a file cannot be read", () => {
    expect(() => readJsonFile(join(folder, "nothing.json"))).toThrow(new FileError("cannot be read"));
    expect(() => readJsonFile(folder)).toThrow(new FileError("cannot be read"));
  });
});
