// The access keys the gateway holds in jwt mode: a file, workspace → key, read at the start and again on request.
import { readFileSync } from "node:fs";
import { z } from "zod";
import { AccessKey } from "../bird/access-key.ts";
import * as events from "../observability/events.ts";

export interface AccessKeys {
  of(workspaceId: string): AccessKey | undefined;
  /** Reads the file again; a bad one changes nothing. */
  reload(): void;
}

/** What is wrong with the file, in words that hold nothing of its content. */
export class AccessKeysError extends Error {}

const fileSchema = z.record(z.guid(), z.string());

/** @throws AccessKeysError when the file cannot be used */
export function openAccessKeys(path: string): AccessKeys {
  let keys = readAccessKeys(path);
  return {
    of: (workspaceId) => keys.get(workspaceId),
    reload: () => {
      try {
        keys = readAccessKeys(path);
        events.accessKeysReloaded({ workspaces: keys.size });
      } catch (error) {
        if (!(error instanceof AccessKeysError)) throw error;
        events.accessKeysRefused({ problem: error.message });
      }
    },
  };
}

function readAccessKeys(path: string): ReadonlyMap<string, AccessKey> {
  const parsed = fileSchema.safeParse(readJson(path));
  if (!parsed.success) {
    throw new AccessKeysError('is not a JSON object {"<workspaceId>": "<access key>"} with UUIDs as names');
  }
  const keys = new Map<string, AccessKey>();
  for (const [workspaceId, text] of Object.entries(parsed.data)) {
    const key = AccessKey.parse(text);
    const name = workspaceId.toLowerCase();
    if (key === null)
      throw new AccessKeysError(`the key of ${name} is not 1 to 512 visible ASCII characters`);
    if (keys.has(name)) throw new AccessKeysError(`${name} stands there twice`);
    keys.set(name, key);
  }
  return keys;
}

/** JSON.parse quotes what it cannot read, and that may be a key: its message is dropped. */
function readJson(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    throw new AccessKeysError("cannot be read");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new AccessKeysError("is not JSON");
  }
}
