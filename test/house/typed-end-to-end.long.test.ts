import { execFile } from "node:child_process";
import { cp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { temporaryFolder } from "../support/temporary.ts";

const root = new URL("../../", import.meta.url).pathname;

type Edit = { file: string; from: string | RegExp; to: string };

/** Runs a program of the project; resolves with its output, for every exit code. */
function run(program: string, args: string[], cwd: string): Promise<{ failed: boolean; output: string }> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd }, (error, stdout, stderr) => {
      resolve({ failed: error !== null, output: stdout + stderr });
    });
  });
}

/** A copy of the project's sources with one edit. */
async function copyWith({ file, from, to }: Edit): Promise<string> {
  const folder = temporaryFolder();
  for (const part of ["src", "schema", "codegen.yml", "package.json"]) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  const config = {
    extends: join(root, "tsconfig.json"),
    compilerOptions: { rootDir: "." },
    include: ["src"],
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const text = await readFile(join(folder, file), "utf8");
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`nothing to replace in ${file}`);
  await writeFile(join(folder, file), edited);
  return folder;
}

const newErrorType = `
type TeapotError implements BirdError { code: String! message: String! details: JSON }`;

const wrong: { what: string; edit: Edit; error: RegExp }[] = [
  {
    what: "a kind of failure without a union member",
    edit: {
      file: "src/bird/failures.ts",
      from: "  | NotFoundFailure\n",
      to: '  | NotFoundFailure\n  | (Told & { kind: "teapot" })\n',
    },
    error: /src\/graphql\/results\.ts.*Not all code paths return a value/,
  },
  {
    what: "an error type that nobody produces",
    edit: { file: "schema/errors.graphql", from: /$/, to: newErrorType },
    error: /src\/graphql\/results\.ts.*'"TeapotError"' does not satisfy the constraint 'never'/,
  },
  {
    what: "a union member that nobody produces",
    edit: {
      file: "schema/participant.graphql",
      from: "  | NotFoundError",
      to: "  | ConflictError\n  | NotFoundError",
    },
    error: /src\/graphql\/results\.ts.*'"ConflictError"' does not satisfy the constraint 'never'/,
  },
  {
    what: "a union without a member that its lookup can yield",
    edit: { file: "schema/participant.graphql", from: "  | ConflictError\n", to: "" },
    error: /src\/graphql\/results\.ts.*does not satisfy the expected type/,
  },
  {
    what: "a root field without a resolver",
    edit: { file: "schema/query.graphql", from: "type Query {", to: "type Query {\n  teapot: String" },
    error: /src\/graphql\/resolvers\/query\.ts.*Property 'teapot' is missing/,
  },
  {
    what: "a field of a participant that nobody fills",
    edit: {
      file: "schema/participant.graphql",
      from: "  avatarUrl: String",
      to: "  avatarUrl: String\n  teapot: String",
    },
    error: /src\/graphql\/results\.ts.*does not satisfy the expected type/,
  },
  {
    what: "a field of an error that nobody fills",
    edit: {
      file: "schema/errors.graphql",
      from: "  retryable: Boolean!",
      to: "  retryable: Boolean!\n  teapot: String",
    },
    error: /src\/graphql\/results\.ts.*does not satisfy the expected type/,
  },
  {
    what: "a field of a conversation without a resolver",
    edit: { file: "schema/conversation.graphql", from: "  id: ID!", to: "  id: ID!\n  teapot: String" },
    error: /src\/graphql\/resolvers\/conversation\.ts.*Property 'teapot' is missing/,
  },
  {
    what: "a reference that gives an error for an entity",
    edit: {
      file: "src/graphql/resolvers/references.ts",
      from: '=== "NotFoundError") return null',
      to: '=== "NotFoundError") return member',
    },
    error: /src\/graphql\/resolvers\/conversation-participant\.ts.*is not assignable to type/,
  },
  {
    what: "an id that was not checked",
    edit: {
      file: "src/graphql/resolvers/references.ts",
      from: "load(context, address.value)",
      to: 'load(context, { workspaceId: "", conversationId: "", id: "" })',
    },
    error: /src\/graphql\/resolvers\/references\.ts.*is not assignable to parameter of type 'AnyAddress'/,
  },
  {
    what: "an address that was not checked",
    edit: {
      file: "src/graphql/resolvers/lookup.ts",
      from: "load(context, address.value)",
      to: "load(context, input)",
    },
    error:
      /src\/graphql\/resolvers\/lookup\.ts.*'AddressInput' is not assignable to parameter of type 'AnyAddress'/,
  },
];

describe("the compiler", () => {
  const folders = new Map<string, string>();

  beforeAll(async () => {
    const changed: string[] = [];
    for (const { what, edit } of wrong) {
      const folder = await copyWith(edit);
      folders.set(what, folder);
      if (edit.file.startsWith("schema/")) changed.push(folder);
    }
    const generator = join(root, "test/support/generate-resolver-types.js");
    const { failed, output } = await run(process.execPath, [generator, ...changed], root);
    if (failed) throw new Error(output);
  });

  test.each(wrong)("reports $what", async ({ what, error }) => {
    const args = ["--project", "tsconfig.json", "--noEmit", "--pretty", "false"];
    const { failed, output } = await run(join(root, "node_modules/.bin/tsc"), args, folders.get(what) ?? "");
    expect(output).toMatch(error);
    expect(failed).toBe(true);
  });
});
