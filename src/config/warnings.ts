// Finds valid but probably unintended configurations. The gateway starts and logs a warning for each.
import type { Config } from "./config.ts";

/** @returns a line for each problem */
export function findWarnings({ operations, bird }: Config): string[] {
  if (operations.deadlineMs > bird.attemptTimeoutMs) return [];
  return [
    `BIRD_DEADLINE_MS=${operations.deadlineMs} is not above BIRD_ATTEMPT_TIMEOUT_MS=${bird.attemptTimeoutMs}: ` +
      "no call is tried again after a time-out, and no circuit opens before a Bird that hangs",
  ];
}
