// The tests in projects by kind: see test/README.md. Tests run as the native ES modules they are; swc only strips the types.
import { availableParallelism } from "node:os";

/** Files named `*.alone.test.ts` measure memory or processor time: they run after all others, no more than one on each core. */
const alone = "\\.alone\\.test\\.ts$";

/** Files named `*.long.test.ts` take long, and find what changes seldom: `.ci/run` runs them, and `npm run test:long`. */
const long = "\\.long\\.test\\.ts$";

const shared = {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "\\.ts$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }],
  },
};

/**
 * A kind of tests, and the folders in which they are.
 *
 * @param {string} displayName
 * @param {string[]} folders
 */
function project(displayName, ...folders) {
  const testMatch = folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`);
  return { ...shared, displayName, testMatch, testPathIgnorePatterns: ["/node_modules/", alone, long] };
}

const reporters = ["default", "<rootDir>/test/support/summary-reporter.js"];
/** Ends a test that hangs, in milliseconds. It is no measure of how fast a test is: a busy machine can be ten times slower. */
const testTimeout = 60_000;

/**
 * The tests of a folder that has commands of its own: see scripts/test-apart.js.
 *
 * @param {string} folder
 */
export function apart(folder) {
  return {
    ...shared,
    rootDir: import.meta.dirname,
    testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
    testTimeout,
    reporters,
  };
}

export default {
  projects: [
    project("unit", "unit"),
    project("gateway", "gateway", "contract"),
    project("process", "process", "attacks", "faults", "federation", "browser"),
    project("house", "house", "docs"),
    { ...shared, displayName: "alone", testRegex: alone },
    { ...shared, displayName: "long", testRegex: long },
  ],
  testTimeout,
  // Two more than there are cores: many tests wait for a process or for time to pass.
  maxWorkers: availableParallelism() + 2,
  testSequencer: "<rootDir>/test/support/long-first.js",
  reporters,
};
