import { expect, test } from "@jest/globals";
import { readConfig } from "../../../src/config/config.ts";
import { findMisspelt } from "../../../src/config/misspelt.ts";
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

test.each([
  ["ROUTER_SECRET", "ROUTER_SECRETS"],
  ["CORS_ORIGIN", "CORS_ORIGINS"],
  ["JWT_JWKS_URI", "JWT_JWKS_URL"],
  ["AUTHMODE", "AUTH_MODE"],
  ["auth_mode", "AUTH_MODE"],
  ["PERSISTED_OPERATION", "PERSISTED_OPERATIONS"],
  ["PERSITSED_OPERATIONS_FILE", "PERSISTED_OPERATIONS_FILE"],
])("the variable %s is warned about, because %s may be meant", (given, meant) => {
  expect(findMisspelt({ [given]: "a-secret" })).toEqual([
    `${given} is unknown and has no effect: ${meant} may be meant`,
  ]);
});

test.each([
  {
    PATH: "/bin",
    HOSTNAME: "a",
    port: "1",
    JWT_SECRET: "a",
    NODE_OPTIONS: "a",
    BIRD_API_PORT: "tcp://10.0.0.1:80",
  },
  { ROUTER_SECRETS: "a", ROUTER_SECRET: "" },
])("no other variable is warned about: %j", (environment) => {
  expect(findMisspelt(environment)).toEqual([]);
});
