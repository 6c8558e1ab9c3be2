// The access keys that the gateway holds in jwt mode: a file that maps workspaces to keys, which can be read again.
import { z } from "zod";
import { AccessKey } from "../bird/access-key.ts";
import { FileError, readJsonFile } from "../json-file.ts";
import * as events from "../observability/events.ts";

export interface AccessKeys {
  /** The key of a workspace, whose id is in lower case. */
  of(workspaceId: string): AccessKey | undefined;
  /** Reads the file again. Where it is invalid, the keys stay as they are. */
  reload(): void;
}

const fileSchema = z.record(z.guid(), z.string());

/** Reads the file of access keys. @throws FileError when the file cannot be used */
export function openAccessKeys(path: string): AccessKeys {
  let keys = readAccessKeys(path);
  return {
    of: (workspaceId) => keys.get(workspaceId),
    reload: () => {
      try {
        keys = readAccessKeys(path);
        events.accessKeysReloaded({ workspaces: keys.size });
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        events.accessKeysInvalid({ problem: error.message });
      }
    },
  };
}

function readAccessKeys(path: string): ReadonlyMap<string, AccessKey> {
  const parsed = fileSchema.safeParse(readJsonFile(path));
  if (!parsed.success) {
    throw new FileError('is not a JSON object {"<workspaceId>": "<access key>"} with UUIDs as names');
  }
  const keys = new Map<string, AccessKey>();
  for (const [workspaceId, text] of Object.entries(parsed.data)) {
    const key = AccessKey.parse(text);
    const name = workspaceId.toLowerCase();
    if (key === null)
      throw new FileError(`has a key of ${name} that is not 1 to 512 visible ASCII characters`);
    if (keys.has(name)) throw new FileError(`names the workspace ${name} twice`);
    keys.set(name, key);
  }
  return keys;
}
