// The manifest of persisted operations: the texts that clients may send, by id.
import { hash } from "node:crypto";
import { parse } from "graphql";
import { z } from "zod";
import { FileError, readJsonFile } from "../../json-file.ts";

export interface Manifest {
  /** The text of an operation, by its id or the SHA-256 of its text. */
  textOf(id: string): string | undefined;
  /** Whether a text is in the manifest, character for character. */
  has(text: string): boolean;
}

/** The format of Apollo's `generate-persisted-query-manifest`. */
const apolloFormat = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});
/** The format of GraphQL Code Generator's client preset: `persisted-documents.json`. */
const clientPresetFormat = z.record(z.string(), z.string());

/** @throws FileError when the file is not a manifest */
export function readManifest(path: string): Manifest {
  const file = readJsonFile(path);
  const apollo = apolloFormat.safeParse(file);
  const clientPreset = clientPresetFormat.safeParse(file);
  if (!apollo.success && !clientPreset.success)
    throw new FileError("is neither a manifest of Apollo's nor of the Guild's");
  const operations = apollo.success
    ? apollo.data.operations.map(({ id, body }) => [id, body] as const)
    : Object.entries(clientPreset.data ?? {});
  if (operations.length === 0) throw new FileError("has no operations");
  for (const [id, text] of operations)
    if (!isGraphql(text)) throw new FileError(`has a text that is not GraphQL, with the id ${id}`);
  const texts = new Map<string, string>();
  for (const [id, text] of operations)
    for (const name of [id, sha256(text)]) {
      if ((texts.get(name) ?? text) !== text) throw new FileError(`gives the id ${name} to two operations`);
      texts.set(name, text);
    }
  const known = new Set(texts.values());
  return { textOf: (id) => texts.get(id), has: (text) => known.has(text) };
}

/**
 * Whether a text is GraphQL. A file of something else, such as access keys, can have the form of a manifest: its texts must
 * not be executed, since the errors of an answer could quote them.
 */
function isGraphql(text: string): boolean {
  try {
    parse(text, { noLocation: true });
    return true;
  } catch {
    return false;
  }
}

/** The SHA-256 of a text in UTF-8, in hexadecimal digits. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}
