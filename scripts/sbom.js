// `npm run sbom`: writes to stdout, as CycloneDX, what the gateway is made of when it runs.
// `npm sbom --omit dev` leaves out every package that a development dependency needs too, such as graphql. So npm sees a
// copy of the lockfile here that never had any.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "gateway-sbom-"));

/** @param {string} file */
const read = (file) => JSON.parse(readFileSync(join(root, file), "utf8"));

const { name, version, license, dependencies, overrides: allOverrides } = read("package.json");
const { packages, ...lockfile } = read("package-lock.json");
// The others name development dependencies.
const overrides = Object.fromEntries(
  Object.entries(allOverrides).filter(([, override]) => typeof override === "string"),
);
const manifest = { name, version, license, dependencies, overrides };
const running = Object.entries(packages).filter(
  ([path, { dev, devOptional }]) => path !== "" && !dev && !devOptional,
);

try {
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  const shrunk = { ...lockfile, packages: { "": manifest, ...Object.fromEntries(running) } };
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(shrunk));
  const args = ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"];
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
