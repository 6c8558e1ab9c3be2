// The manifest of persisted operations: which texts clients may send, by the names they may send instead.
import { createHash } from "node:crypto";
import { z } from "zod";
import { FileError, readJsonFile } from "../../json-file.ts";

export interface Manifest {
  /** The text of an operation, by its id or the SHA-256 of its text. */
  textOf(id: string): string | undefined;
  has(text: string): boolean;
}

/** As `generate-persisted-query-manifest` of Apollo writes it. */
const apolloFormat = z.object({
  format: z.literal("apollo-persisted-query-manifest"),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string(), body: z.string() })),
});
/** As the client preset of the Guild's code generator writes it: `persisted-documents.json`. */
const clientPresetFormat = z.record(z.string(), z.string());

/** @throws FileError when the file cannot be used */
export function readManifest(path: string): Manifest {
  const file = readJsonFile(path);
  const apollo = apolloFormat.safeParse(file);
  const clientPreset = clientPresetFormat.safeParse(file);
  if (!apollo.success && !clientPreset.success)
    throw new FileError("is neither a manifest of Apollo's nor of the Guild's");
  const operations = apollo.success
    ? apollo.data.operations.map(({ id, body }) => [id, body] as const)
    : Object.entries(clientPreset.data ?? {});
  const texts = new Map<string, string>();
  for (const [id, text] of operations) texts.set(id, text).set(sha256(text), text);
  const known = new Set(texts.values());
  return { textOf: (id) => texts.get(id), has: (text) => known.has(text) };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
