// A file of JSON that a variable of the environment names.
import { readFileSync } from "node:fs";

/** What is wrong with a file, in words that follow "a file that" and hold nothing of its content. */
export class FileError extends Error {}

/**
 * Reads a file. The message of JSON.parse is dropped: it quotes the text, and that may be a key.
 *
 * @throws FileError when it cannot be read or is not JSON
 */
export function readJsonFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new FileError("cannot be read");
  }
  try {
    // Some editors begin a file with a byte order mark, which JSON does not know.
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new FileError("is not JSON");
  }
}
