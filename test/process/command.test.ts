// The command line: --help, --version, --check, and the banner. These tests run the build, which `npm test` makes first.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, describe, expect, test } from "@jest/globals";
import { rows } from "../../src/config/variables.ts";
import { readDocument } from "../support/markdown.ts";
import { runProcess, startProcess, type GatewayProcess } from "../support/process.ts";
import { writeTemporary } from "../support/temporary.ts";

let running: GatewayProcess | undefined;

afterEach(async () => {
  await running?.stop("SIGKILL");
  running = undefined;
});

const run = (args: string[], environment: Record<string, string> = {}) =>
  runProcess(environment, "node", ["dist/main.js", ...args]);

describe("the command line", () => {
  test("--help names every option and every variable, and starts nothing", async () => {
    const { code, stdout, stderr } = await run(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    for (const option of ["--check", "-h, --help", "-v, --version"]) expect(stdout).toContain(option);
    const named = [...stdout.matchAll(/^ {2}([A-Z_]+)$/gm)].map(([, name]) => name);
    expect(named.sort()).toEqual(rows.map(([name]) => name).sort());
  });

  test("--version prints the version of the package", async () => {
    const { version } = JSON.parse(readDocument("package.json")) as { version: string };
    for (const option of ["--version", "-v"])
      expect(await run([option])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  test("--check says ok where the gateway would start", async () => {
    expect(await run(["--check"])).toEqual({ code: 0, stdout: "ok\n", stderr: "" });
  });

  test("--check warns of a misspelt variable, without its value", async () => {
    const { code, stdout, stderr } = await run(["--check"], { ROUTER_SECRET: "a-secret-of-the-router" });
    expect([code, stdout]).toEqual([0, "ok\n"]);
    expect(stderr).toBe("Warning: ROUTER_SECRET is unknown and has no effect: ROUTER_SECRETS may be meant\n");
  });

  test("--check prints all problems, also those of files, and exits with 1", async () => {
    const environment = {
      PORT: "x",
      NODE_ENV: "prod",
      PERSISTED_OPERATIONS: "enforce",
      PERSISTED_OPERATIONS_FILE: "/nowhere/manifest.json",
    };
    const { code, stdout, stderr } = await run(["--check"], environment);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr.trim().split("\n")).toEqual([
      expect.stringMatching(/^PORT is "x": /),
      expect.stringMatching(/^NODE_ENV is "prod": /),
      expect.stringMatching(/^BIRD_API_URL is unset, /),
      'PERSISTED_OPERATIONS_FILE is "/nowhere/manifest.json", a file that cannot be read: it does not exist',
    ]);
  });

  test("an unknown option exits with 2", async () => {
    const { code, stderr } = await run(["--port", "8080"]);
    expect(code).toBe(2);
    expect(stderr).toContain("--port");
    expect(stderr).toContain("Try --help.");
  });

  test("npm start passes options on", async () => {
    const { stdout } = await runProcess({}, "npm", ["--silent", "start", "--", "--version"]);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("the sandbox has --help too", async () => {
    const { code, stdout } = await runProcess({}, "node", ["dist/sandbox/main.js", "--help"]);
    expect(code).toBe(0);
    for (const option of ["--host", "--port", "--reads-per-second", "--writes-per-second"])
      expect(stdout).toContain(option);
  });
});

describe("the banner", () => {
  const curl = (stdout: string) => stdout.split("\n").find((line) => line.startsWith("curl ")) ?? "";

  test("shows a command with a token in jwt mode", async () => {
    const file = writeTemporary({ "a1405560-c8d3-4b1a-877d-3f449ad95352": "sandbox" });
    running = await startProcess({
      AUTH_MODE: "jwt",
      JWT_JWKS_URL: "http://127.0.0.1:9/jwks",
      JWT_ISSUER: "https://issuer.example.com",
      JWT_AUDIENCE: "bird",
      BIRD_ACCESS_KEYS_FILE: file,
    });
    expect(curl(running.stdout())).toContain("Authorization: Bearer <token>");
    expect(curl(running.stdout())).not.toContain("AccessKey");
  });

  test("shows a command that names an operation of the manifest where only those are executed", async () => {
    const id = "a-typename";
    const operations = [{ id, name: "Typename", type: "query", body: "query Typename { __typename }" }];
    const manifest = { format: "apollo-persisted-query-manifest", version: 1, operations };
    running = await startProcess({
      PERSISTED_OPERATIONS: "enforce",
      PERSISTED_OPERATIONS_FILE: writeTemporary(manifest),
    });
    const command = curl(running.stdout()).replace("<id in the manifest>", id);
    const { stdout } = await promisify(execFile)("sh", ["-c", `${command} --silent`]);
    expect(JSON.parse(stdout)).toEqual({ data: { __typename: "Query" } });
  });

  test("says that every address is served, and gives one that a person can open", async () => {
    running = await startProcess({ HOST: "0.0.0.0" });
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(running.stdout()).toContain("HOST is 0.0.0.0: it listens on every address of this machine.");
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
  });
});
