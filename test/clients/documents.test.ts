// docs/clients.md: its programs compile and run in another project.
import { execFile } from "node:child_process";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import { blocksOf, readDocument } from "../support/markdown.ts";
import { temporaryFolder } from "../support/temporary.ts";

const root = new URL("../../", import.meta.url).pathname;
const clients = new URL("./", import.meta.url).pathname;
const textsOf = (language: string) =>
  blocksOf(readDocument("docs/clients.md"))
    .filter((block) => block.language === language)
    .map((block) => block.text);
const blocks = textsOf("ts");
const named = (name: string) => blocks.find((text) => text.startsWith(`// ${name}`)) ?? "";
const shared = named("tell.ts");
const programs = blocks.filter((text) => text.includes("console.log"));
const [relayQuery = ""] = textsOf("graphql");

let gateway: SandboxedGateway;
let folder: string;

/** Another project, which depends on this package and the clients. */
beforeAll(async () => {
  gateway = await startSandboxedGateway();
  folder = temporaryFolder();
  await mkdir(join(folder, "node_modules/@urql"), { recursive: true });
  for (const name of ["@apollo", "@urql/core", "graphql", "relay-runtime", "rxjs"]) {
    await symlink(join(clients, "node_modules", name), join(folder, "node_modules", name));
  }
  await symlink(
    join(clients, "node_modules/graphcache-9"),
    join(folder, "node_modules/@urql/exchange-graphcache"),
  );
  await mkdir(join(folder, "node_modules/@types"));
  await symlink(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
  await symlink(
    join(clients, "node_modules/@types/relay-runtime"),
    join(folder, "node_modules/@types/relay-runtime"),
  );
  await symlink(join(root, "client"), join(folder, "node_modules/bird-conversations-client"));
  const config = { extends: join(root, "tsconfig.json"), compilerOptions: { noEmit: false, outDir: "out" } };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ ...config, include: ["*.ts"] }));
  await compileRelayQuery();
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
});
afterAll(async () => {
  await gateway.close();
});

/** Relay's compiled form of the page's query, for the program that uses it. */
async function compileRelayQuery(): Promise<void> {
  await mkdir(join(folder, "relay"));
  await mkdir(join(folder, "__generated__"));
  await writeFile(join(folder, "relay/participant.ts"), `export const query = graphql\`${relayQuery}\`;`);
  const config = { src: "relay", schema: join(root, "client/schema.graphql"), language: "typescript" };
  const options = { artifactDirectory: "__generated__", eagerEsModules: true, useImportTypeSyntax: true };
  await writeFile(join(folder, "relay.config.json"), JSON.stringify({ ...config, ...options }));
  const output = await run(join(clients, "node_modules/.bin/relay-compiler"), ["relay.config.json"]);
  if (!output.includes("Compilation completed")) throw new Error(output);
}

function run(program: string, args: string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: folder }, (_error, stdout, stderr) => {
      resolve(stdout + stderr);
    });
  });
}

const compile = () => run(join(root, "node_modules/.bin/tsc"), ["--project", folder, "--pretty", "false"]);

describe("docs/clients.md", () => {
  test("has programs that compile in a project with the package, and print the documented output", async () => {
    expect(programs).toHaveLength(4);
    await writeFile(join(folder, "tell.ts"), shared);
    await writeFile(join(folder, "schema.ts"), named("schema.ts"));
    for (const [index, program] of programs.entries()) {
      // Short enough to be read at a glance.
      expect(program.trim().split("\n").length).toBeLessThanOrEqual(18);
      expect(program).toContain("http://127.0.0.1:4000");
      await writeFile(join(folder, `${index}.ts`), program.replace("http://127.0.0.1:4000", gateway.url));
    }
    expect(await compile()).toBe("");
    for (const index of programs.keys()) {
      expect(await run(process.execPath, [`out/${index}.js`])).toBe("John Doe is ACTIVE\n");
    }
  });

  test("is right that a missing branch does not compile", async () => {
    const members = [...shared.matchAll(/^ +(\w+): \(.*=>/gm)].map(([, member = ""]) => member);
    expect(members).toHaveLength(6);
    for (const member of members) {
      const wrong = shared.replace(new RegExp(`^ +${member}: [^]*?,\\n(?=    \\w|  }\\))`, "m"), "");
      await writeFile(join(folder, `without-${member}.ts`), wrong);
    }
    const errors = await compile();
    for (const member of members) {
      expect(errors).toMatch(new RegExp(`^without-${member}\\.ts.*Property '${member}' is missing`, "m"));
    }
  });

  test("prints the schema from a path that the package exports", async () => {
    const script =
      'console.log(require.resolve("bird-conversations-client/schema.graphql").endsWith("client/schema.graphql"))';
    expect(await run(process.execPath, ["--input-type=commonjs", "-e", script])).toBe("true\n");
  });
});
