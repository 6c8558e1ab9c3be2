// `npm run test:clients` and its like: tests that need packages which the root's install leaves out.
// Installs those packages, checks the types and the lint of their folder, and runs the tests.
// Usage: node scripts/test-apart.js <folder of tests> <folder with the packages> [options of Jest]
import { spawnSync } from "node:child_process";
import { join } from "node:path";

const [tests = "", packages = "", ...jestOptions] = process.argv.slice(2);
const jest = [
  "--experimental-vm-modules",
  "--disable-warning=ExperimentalWarning",
  "node_modules/jest/bin/jest.js",
];

/**
 * Ends this process with the status of a command that fails.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: "inherit", ...options });
  if (status !== 0) process.exit(status ?? 1);
}

run("node", ["scripts/install-apart.js", packages]);
run("npm", ["run", "--silent", "--if-present", "generate"], { cwd: packages });
run("node_modules/.bin/tsc", ["-p", packages]);
run("node_modules/.bin/eslint", [packages]);
run("node", [...jest, "--config", join(tests, "jest.config.js"), ...jestOptions]);
