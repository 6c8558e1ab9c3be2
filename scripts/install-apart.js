// Installs the packages of a folder that has a package.json and a lockfile of its own: the root's install leaves them out.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

for (const folder of process.argv.slice(2)) install(folder);

/**
 * `npm ci` deletes and installs everything, so it runs only for a lockfile that is not installed yet.
 *
 * @param {string} folder
 */
function install(folder) {
  const lockfile = readFileSync(join(folder, "package-lock.json"), "utf8");
  const installed = join(folder, "node_modules/.installed-lockfile");
  if (existsSync(installed) && readFileSync(installed, "utf8") === lockfile) return;
  process.stderr.write(
    `Installing the packages of ${folder}/package.json, which the root's install leaves out\n`,
  );
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
    cwd: folder,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(installed, lockfile);
}
