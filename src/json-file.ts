// Reads a JSON file that an environment variable names.
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";

/** A problem of a file, in words that follow "a file that". The message never contains the file's content. */
export class FileError extends Error {}

/**
 * Reads a file. The message of JSON.parse is dropped, because it quotes the text, which may contain a key.
 *
 * @throws FileError when the file cannot be read or is not JSON
 */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readRegularFile(path);
  } catch (error) {
    if (error instanceof FileError) throw error;
    throw new FileError(`cannot be read: ${describeReadError(error)}`);
  }
  try {
    // Some editors begin a file with a byte order mark, which JSON does not allow.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new FileError("is not JSON");
  }
}

/** Reads a file, unless it is a pipe or a device: those could block the process, and a pipe has its text only once. */
function readRegularFile(path: string): string {
  // Without O_NONBLOCK, opening a pipe waits for a writer.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const file = fstatSync(fd);
    if (!file.isFile() && !file.isDirectory())
      throw new FileError("is a pipe or a device, which cannot be read again");
    return readFileSync(fd, "utf8");
  } finally {
    closeSync(fd);
  }
}

const readErrors: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  EACCES: "this user may not read it",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of its path is no folder",
};

function describeReadError(error: unknown): string {
  const code =
    typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unknown";
  return readErrors[code] ?? code;
}
