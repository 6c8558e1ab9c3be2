// Builds the page, unless its sources are those of the last build: `npm start` asks every time.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, URL } from "node:url";

/** @param {string} path */
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const made = here("../dist/graphiql/index.html");
const remembered = here("../dist/graphiql/.sources");

const sources = [
  "../package-lock.json",
  "../client/schema.graphql",
  ...filesOf("../examples"),
  ...filesOf("."),
];
const now = createHash("sha256");
for (const name of sources) now.update(`${name}\n`).update(readFileSync(here(name)));
const digest = now.digest("hex");

if (!existsSync(made) || !existsSync(remembered) || readFileSync(remembered, "utf8") !== digest) {
  const { build } = await import("vite");
  await build({ configFile: here("vite.config.js") });
  writeFileSync(remembered, digest);
}

/** @param {string} folder */
function filesOf(folder) {
  const names = readdirSync(here(folder), { withFileTypes: true });
  return names
    .filter((entry) => entry.isFile())
    .map((entry) => `${folder}/${entry.name}`)
    .sort();
}
