// `npm run build`: compiles the gateway into dist/ and the client kit into client/dist/, and builds the page of GraphiQL.
// `npm start` and its like ask for it too: it builds only where the sources are not those of the last build, and without
// sources, as in an installed package, it does nothing.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const compiler = join(root, "node_modules/.bin/tsc");
const built = join(root, "dist/.sources");

/** What the build is made of, besides the lockfile, which stands for the tools and the libraries. */
const folders = ["src", "client", "graphiql", "examples"];
const files = ["package-lock.json", "tsconfig.json", "tsconfig.build.json", "scripts/build.js"];

/** The paths of all sources in a folder, sorted; what was built or installed there is left out. */
function sourcesOf(/** @type {string} */ folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/\/(dist|node_modules)\//.test(path.slice(root.length)))
    .sort();
}

function digestOfSources() {
  const digest = createHash("sha256");
  for (const path of [...folders.flatMap(sourcesOf), ...files.map((file) => join(root, file))])
    digest.update(`${path.slice(root.length)}\n`).update(readFileSync(path));
  return digest.digest("hex");
}

function run(/** @type {string[]} */ ...[command = "", ...args]) {
  // The tools print to stderr: stdout belongs to the program that the build is for, such as `npm run persist`.
  const { status } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}

function build() {
  if (!existsSync(compiler)) {
    const state = existsSync(built) ? "is older than the sources" : "is missing";
    // `npm ci` alone leaves them out where NODE_ENV=production is set.
    process.stderr.write(
      `The build ${state}, and the packages that build are not installed. Run: npm ci --include=dev && npm run build\n`,
    );
    process.exit(1);
  }
  rmSync(built, { force: true });
  run(compiler, "-b", "tsconfig.build.json", "client");
  run(process.execPath, "graphiql/build.js");
}

if (existsSync(join(root, "src"))) {
  const digest = digestOfSources();
  if (!existsSync(built) || readFileSync(built, "utf8") !== digest) {
    build();
    writeFileSync(built, digest);
  }
}
