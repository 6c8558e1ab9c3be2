// Both packages, packed and installed into empty projects, as a user gets them from the registry.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { readDocument } from "../support/markdown.ts";
import { listeningUrl, start, type Running } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const root = new URL("../../", import.meta.url).pathname;
const PATIENCE_MS = 300_000;

/** Runs a command to its end, and fails with what it printed. */
async function run(cwd: string, command: string, ...args: string[]): Promise<string> {
  const { exited, stdout, stderr } = start({ command, args, cwd });
  if ((await exited) !== 0) throw new Error(`${command} ${args.join(" ")}: ${stdout()}${stderr()}`);
  return stdout();
}

type Packed = { file: string; paths: string[] };

async function pack(folder: string): Promise<Packed> {
  const target = temporaryFolder();
  const output = await run(folder, "npm", "pack", "--json", "--pack-destination", target);
  // The build may print before npm does.
  const [packed] = JSON.parse(output.slice(output.indexOf("[\n"))) as {
    filename: string;
    files: { path: string }[];
  }[];
  if (packed === undefined) throw new Error(output);
  return { file: join(target, basename(packed.filename)), paths: packed.files.map(({ path }) => path) };
}

/** An empty project that has these packages, and nothing else. */
async function projectWith(...packages: string[]): Promise<string> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", private: true }));
  await run(folder, "npm", "install", "--no-audit", "--no-fund", "--prefer-offline", ...packages);
  return folder;
}

describe("bird-conversations-gateway", () => {
  let packed: Packed;
  let project: string;
  let running: Running | undefined;

  beforeAll(async () => {
    packed = await pack(root);
    project = await projectWith(packed.file);
  }, PATIENCE_MS);
  afterEach(async () => {
    await running?.stop("SIGKILL");
  });

  test("contains the build and the documents, and nothing else", () => {
    const folders = new Set(packed.paths.map((path) => path.split("/")[0]));
    expect([...folders].sort()).toEqual(
      ["CHANGELOG.md", "LICENSE", "README.md", "dist", "package.json", "schema"].sort(),
    );
    expect(packed.paths).toEqual(expect.arrayContaining(["dist/main.js", "dist/graphiql/index.html"]));
    expect(packed.paths.filter((path) => /\.tsx?$|\.sources$|tsbuildinfo/.test(path))).toEqual([]);
  });

  test(
    "starts with npx, and answers",
    async () => {
      const environment = { PORT: "0" };
      const args = ["--no-install", "bird-conversations-gateway"];
      running = start({ command: "npx", args, environment, cwd: project });
      const url = await listeningUrl(running);
      const response = await fetch(`${url}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
        body: '{"query":"{ __typename }"}',
      });
      expect(await response.json()).toEqual({ data: { __typename: "Query" } });
      expect((await fetch(`${url}/graphiql`)).status).toBe(200);
    },
    PATIENCE_MS,
  );

  test("says its version", async () => {
    const { version } = JSON.parse(readDocument("package.json")) as { version: string };
    expect(await run(project, "npx", "--no-install", "bird-conversations-gateway", "--version")).toBe(
      `${version}\n`,
    );
  });

  test("names a repository, from which npm takes the relative links of its README", () => {
    const { repository } = JSON.parse(readDocument("package.json")) as { repository: { url: string } };
    expect(repository.url).toMatch(/^git\+https:\/\/.*\.git$/);
  });
});

describe("bird-conversations-client", () => {
  let packed: Packed;
  let project: string;

  const program = `
    import { GetParticipantDocument, matchResult, possibleTypes, typePolicies, type GetParticipantQuery } from "bird-conversations-client";
    export function tell(result: NonNullable<GetParticipantQuery["conversationParticipant"]>): string {
      return matchResult(result, {
        ConversationParticipant: ({ displayName }) => displayName ?? "somebody",
        NotFoundError: () => "nobody",
        AccessDeniedError: ({ accessDeniedReason }) => accessDeniedReason,
        RateLimitedError: ({ retryAfterSeconds }) => String(retryAfterSeconds),
        ValidationError: ({ code }) => code,
        UpstreamError: ({ upstreamReason }) => upstreamReason,
      });
    }
    export const kinds = [GetParticipantDocument.kind, Object.keys(possibleTypes).length > 0, Object.keys(typePolicies).length > 0];
  `;

  beforeAll(async () => {
    packed = await pack(join(root, "client"));
    project = await projectWith(packed.file, "graphql@16");
    writeFileSync(join(project, "program.ts"), program);
  }, PATIENCE_MS);

  test("contains the kit, and depends only on the types of typed documents", async () => {
    const folders = new Set(packed.paths.map((path) => path.split("/")[0]));
    expect([...folders].sort()).toEqual(["LICENSE", "README.md", "dist", "package.json", "schema.graphql"]);
    const installed = JSON.parse(await run(project, "npm", "query", "*")) as { name: string }[];
    expect(installed.map(({ name }) => name).sort()).toEqual([
      "@graphql-typed-document-node/core",
      "bird-conversations-client",
      "graphql",
    ]);
  });

  test.each([
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])("compiles, strictly, for module %s and resolution %s", async (module, moduleResolution) => {
    const options = ["--strict", "--noEmit", "--target", "es2023", "--types", ""];
    const modules = ["--module", module, "--moduleResolution", moduleResolution];
    expect(
      await run(project, join(root, "node_modules/.bin/tsc"), ...options, ...modules, "program.ts"),
    ).toBe("");
  });

  test("does not compile while a branch is missing", async () => {
    writeFileSync(join(project, "wrong.ts"), program.replace(/^ *UpstreamError:.*$/m, ""));
    const options = ["--strict", "--noEmit", "--target", "es2023", "--types", "", "--module", "nodenext"];
    const compiled = run(project, join(root, "node_modules/.bin/tsc"), ...options, "wrong.ts");
    await expect(compiled).rejects.toThrow("Property 'UpstreamError' is missing");
  });

  test("is bundled, and the bundle runs", async () => {
    const lib = { entry: "program.ts", formats: ["es"], fileName: "bundle" };
    const config = { build: { lib, outDir: "bundled" }, logLevel: "error" };
    writeFileSync(join(project, "vite.config.js"), `export default ${JSON.stringify(config)};`);
    await run(project, join(root, "node_modules/.bin/vite"), "build");
    const script = 'import("./bundled/bundle.js").then(({ kinds }) => console.log(JSON.stringify(kinds)))';
    expect(await run(project, "node", "-e", script)).toBe('["Document",true,true]\n');
  });

  test("gives its schema by a path that it exports", async () => {
    const script =
      'console.log(require("node:fs").existsSync(require.resolve("bird-conversations-client/schema.graphql")))';
    expect(await run(project, "node", "--input-type=commonjs", "-e", script)).toBe("true\n");
  });

  test("has a README with absolute links, since npm cannot complete relative ones from a folder", () => {
    const links = [...readDocument("client/README.md").matchAll(/\]\(([^)]+)\)/g)].map(
      ([, link = ""]) => link,
    );
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !link.startsWith("https://"))).toEqual([]);
  });
});

test("both packages have one version", () => {
  const versionOf = (path: string) => (JSON.parse(readDocument(path)) as { version: string }).version;
  expect(versionOf("client/package.json")).toBe(versionOf("package.json"));
});
