import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { readDocument } from "../support/markdown.ts";
import { listeningUrl, start } from "../support/process.ts";
import { temporaryFolder } from "../support/temporary.ts";

const root = new URL("../../", import.meta.url).pathname;
const document = readDocument("docs/adding-an-endpoint.md");

/** The instructions and promises of the document, in its order. */
const instructions = [
  ...document.matchAll(
    new RegExp(
      [
        "^New file `(?<created>[^`]+)`:\\n\\n```\\w+\\n(?<content>.*?)^```$",
        "^In `(?<edited>[^`]+)`, (?<where>after|before) `(?<anchor>[^`]+)`(?<inline>, on the same line)?:\\n\\n```\\w+\\n(?<text>.*?)^```$",
        "(?<codegen>^Run `npm run codegen`)",
        "`npx tsc` now reports in `(?<file>[^`]+)`: `(?<error>[^`]+)`",
        "(?<clean>`npx tsc` now reports nothing)",
        "The test `(?<failing>[^`]+)` now fails: `(?<failure>[^`]+)`",
        "The test `(?<passing>[^`]+)` now passes",
        "The gateway now answers it:\\n\\n```json\\n(?<answer>.*?)^```$",
      ].join("|"),
      "gms",
    ),
  ),
].map(({ groups = {} }) => groups);

describe("docs/adding-an-endpoint.md", () => {
  let folder: string;

  beforeAll(() => {
    folder = temporaryFolder();
    for (const part of ["src", "schema", "test", "client", "codegen.yml", "package.json", "jest.config.js"]) {
      cpSync(join(root, part), join(folder, part), {
        recursive: true,
        filter: (name) => !name.includes("node_modules"),
      });
    }
    const config = { extends: join(root, "tsconfig.json"), include: ["src", "test/contract"] };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  });

  async function run(...args: string[]): Promise<{ code: number | null; output: string }> {
    const { exited, stdout, stderr } = start({ args, cwd: folder });
    const code = await exited;
    return { code, output: stdout() + stderr() };
  }

  const compile = () => run("node_modules/@typescript/native/bin/tsc", "--pretty", "false");
  const runTest = (file: string) =>
    run(
      "--experimental-vm-modules",
      "node_modules/jest/bin/jest.js",
      "--selectProjects",
      "gateway",
      "--",
      file,
    );

  function create(file: string, content: string): void {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }

  function edit({
    edited = "",
    where,
    anchor = "",
    inline,
    text = "",
  }: Record<string, string | undefined>): void {
    const before = readFileSync(join(folder, edited), "utf8");
    expect([edited, anchor, before.split(anchor).length - 1]).toEqual([edited, anchor, 1]);
    const added = inline === undefined ? text : text.replace(/\n$/, "");
    const gap = inline === undefined && where === "after" ? "\n" : "";
    const at = where === "after" ? `${anchor}${gap}${added.replace(/\n$/, "")}` : `${added}${anchor}`;
    writeFileSync(
      join(folder, edited),
      before.replace(anchor, () => at),
    );
  }

  async function answerTo(query: string): Promise<unknown> {
    const gateway = start({
      args: ["--import", "tsx", "src/main.ts"],
      cwd: folder,
      environment: { PORT: "0", GRAPHIQL: "off" },
    });
    const response = await fetch(`${await listeningUrl(gateway)}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
      body: JSON.stringify({ query }),
    });
    const answer: unknown = await response.json();
    await gateway.stop();
    return answer;
  }

  /** Carries out one instruction, or checks one promise. */
  async function follow(instruction: Record<string, string | undefined>): Promise<void> {
    const {
      created,
      content = "",
      edited,
      codegen,
      file,
      error = "",
      clean,
      failing,
      failure = "",
      passing,
      answer,
    } = instruction;
    if (created !== undefined) create(created, content);
    if (edited !== undefined) edit(instruction);
    if (codegen !== undefined) {
      const { code, output } = await run(join(root, "test/support/generate-resolver-types.js"), folder);
      expect([code, output]).toEqual([0, output]);
    }
    if (file !== undefined) {
      const { output } = await compile();
      const lines = output.split("\n").filter((line) => line.startsWith(file));
      expect([lines.length > 0, output]).toEqual([true, expect.stringContaining(error)]);
    }
    if (clean !== undefined) expect(await compile()).toEqual({ code: 0, output: "" });
    if (failing !== undefined) expect((await runTest(failing)).output).toContain(failure);
    if (passing !== undefined) expect(await runTest(passing)).toMatchObject({ code: 0 });
    if (answer !== undefined) {
      const example = readFileSync(join(folder, "examples/15-participant-conversations.graphql"), "utf8");
      expect(await answerTo(example)).toEqual(JSON.parse(answer));
    }
  }

  test("leads from the schema to an answer, and each step is red as it says", async () => {
    expect(instructions.length).toBeGreaterThan(30);
    for (const instruction of instructions) await follow(instruction);
  }, 120_000);
});
