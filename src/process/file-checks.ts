// Checks the files that variables name, so that their problems are reported with those of the configuration.
import { openAccessKeys } from "../auth/access-keys.ts";
import type { FileChecks } from "../config/config.ts";
import { readManifest } from "../graphql/admission/manifest.ts";
import { FileError } from "../json-file.ts";

export const fileChecks: FileChecks = {
  BIRD_ACCESS_KEYS_FILE: (path) => findProblem(() => openAccessKeys(path)),
  PERSISTED_OPERATIONS_FILE: (path) => findProblem(() => readManifest(path)),
};

/** The problem, in words that follow "a file that"; null where there is none. */
function findProblem(read: () => unknown): string | null {
  try {
    read();
    return null;
  } catch (error) {
    if (error instanceof FileError) return error.message;
    throw error;
  }
}
