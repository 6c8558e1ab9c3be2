// docs/deployment.md: its commands run in a clone, and in an empty project that has the package.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { blocksOf, readDocument } from "../support/markdown.ts";
import { listeningUrl, start, type Exit, type Running } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const root = new URL("../../", import.meta.url).pathname;
const PATIENCE_MS = 600_000;

const [fromClone = [], fromPackage = []] = blocksOf(readDocument("docs/deployment.md"))
  .filter((block) => block.language === "sh")
  .map((block) => block.text.trim().split("\n"));

let running: Running | undefined;

afterEach(async () => {
  await running?.stop("SIGKILL");
  running = undefined;
});

function startLine(line: string, cwd: string): Running {
  return start({ command: "sh", args: ["-c", `exec env ${line}`], cwd, environment: { PORT: "0" } });
}

async function runLine(line: string, cwd: string): Promise<Exit> {
  const { exited, stdout, stderr } = startLine(line, cwd);
  return { code: await exited, stdout: stdout(), stderr: stderr() };
}

async function runLines(lines: readonly string[], cwd: string): Promise<string> {
  let last = "";
  for (const line of lines) {
    const { code, stdout, stderr } = await runLine(line, cwd);
    if (code !== 0) throw new Error(`${line}: ${stdout}${stderr}`);
    last = stdout;
  }
  return last;
}

/** What git would clone, with the changes that are not committed yet. */
function clone(): string {
  const folder = temporaryFolder();
  const list = ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "-z"];
  const deleted = execFileSync("git", ["ls-files", "--deleted", "-z"], { cwd: root, encoding: "utf8" });
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8" }).split("\0");
  for (const file of files.filter((name) => name !== "" && !deleted.split("\0").includes(name))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
  return folder;
}

function keepOnly(names: readonly string[], folder: string): void {
  for (const name of readdirSync(folder))
    if (!names.includes(name)) rmSync(join(folder, name), { recursive: true });
}

/** Checks that the gateway serves in production mode: it is ready, and has no GraphiQL page. */
async function expectProduction(url: string): Promise<void> {
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await fetch(`${url}/graphiql`)).status).toBe(404);
}

describe("docs/deployment.md", () => {
  test(
    "goes from a clone to a production process, which SIGTERM to npm ends",
    async () => {
      const folder = clone();
      const [serve = ""] = fromClone.slice(-1);
      expect(await runLines(fromClone.slice(0, -1), folder)).toMatch(/^ok$/m);
      running = startLine(serve, folder);
      const url = await listeningUrl(running);
      await expectProduction(url);
      // Only npm gets the signal, as from a supervisor.
      running.signal("SIGTERM");
      await running.exited;
      await expect(fetch(url)).rejects.toThrow();
      // The running gateway needs what the document names, and nothing else.
      const needed = ["package.json", "dist", "schema", "node_modules"];
      keepOnly(needed.concat("scripts"), folder);
      keepOnly(["build.js"], join(folder, "scripts"));
      running = startLine(serve, folder);
      await expectProduction(await listeningUrl(running));
      await running.stop("SIGKILL");
      keepOnly(needed, folder);
      running = startLine(serve.replace("npm start", "node dist/main.js"), folder);
      await expectProduction(await listeningUrl(running));
    },
    PATIENCE_MS,
  );

  test("npm start says what to do in a clone without packages", async () => {
    const { code, stderr } = await runLine("npm start", clone());
    expect(code).not.toBe(0);
    expect(stderr).toContain("The build is missing, and the packages that build are not installed.");
    expect(stderr).toContain(`Run: ${fromClone[0] ?? ""} && npm run build`);
  });

  test(
    "goes from the package to a production process, without an install script",
    async () => {
      const folder = temporaryFolder();
      const packed = execFileSync("npm", ["pack", "--silent", "--pack-destination", folder], {
        cwd: root,
        encoding: "utf8",
      });
      const tarball = join(folder, basename(packed.trim().split("\n").at(-1) ?? ""));
      const project = temporaryFolder();
      writeFileSync(join(project, "package.json"), "{}");
      const [install = "", check = "", serve = ""] = fromPackage;
      const offline = "--prefer-offline --no-audit --no-fund --ignore-scripts";
      expect(install).toBe("npm install bird-conversations-gateway");
      expect(await runLines([`npm install ${offline} ${tarball}`, check], project)).toBe("ok\n");
      running = startLine(serve, project);
      await expectProduction(await listeningUrl(running));
    },
    PATIENCE_MS,
  );
});
