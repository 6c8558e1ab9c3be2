// `npm run test:clients` and its like: the tests in a folder with packages of its own, which the root's install leaves out.
// Installs those packages where the lockfile asks for others than are there, checks the types, and runs the tests.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder = "", ...jestOptions] = process.argv.slice(2);
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

/** `npm ci` deletes and installs everything, so it runs only for a lockfile that is not installed yet. */
function install() {
  const lockfile = readFileSync(join(folder, "package-lock.json"), "utf8");
  const installed = join(folder, "node_modules/.installed-lockfile");
  if (existsSync(installed) && readFileSync(installed, "utf8") === lockfile) return;
  process.stderr.write(`Installing the packages of ${folder}/package.json, which only these tests need\n`);
  run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
  writeFileSync(installed, lockfile);
}

install();
run("npm", ["run", "--silent", "--if-present", "generate"], { cwd: folder });
run("node_modules/.bin/tsc", ["-p", folder]);
run("node", [...jest, "--config", join(folder, "jest.config.js"), ...jestOptions]);
