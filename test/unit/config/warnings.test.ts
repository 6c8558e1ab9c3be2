import { expect, test } from "@jest/globals";
import { readConfig } from "../../../src/config/config.ts";
import { findWarnings } from "../../../src/config/warnings.ts";

const warningsOf = (deadlineMs: number, attemptTimeoutMs: number) =>
  findWarnings(
    readConfig({ BIRD_DEADLINE_MS: String(deadlineMs), BIRD_ATTEMPT_TIMEOUT_MS: String(attemptTimeoutMs) }),
  );

test("a deadline that leaves no time for a second attempt is warned about in one line", () => {
  expect(warningsOf(3001, 3000)).toEqual([]);
  for (const deadlineMs of [3000, 2000]) {
    const [line, ...others] = warningsOf(deadlineMs, 3000);
    expect(line).toMatch(
      new RegExp(`^BIRD_DEADLINE_MS=${deadlineMs} is not above BIRD_ATTEMPT_TIMEOUT_MS=3000: .+$`),
    );
    expect(others).toEqual([]);
  }
});
