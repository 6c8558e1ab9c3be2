import { describe, expect, test } from "@jest/globals";
import { ESLint } from "eslint";
import tseslint from "typescript-eslint";
import { importWalls } from "../../lint/import-walls.js";

const eslint = new ESLint({
  overrideConfigFile: true,
  overrideConfig: [{ files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } }, ...importWalls],
});

/** The number of the linter's errors when a file of a folder imports a module. */
async function complaints(folder: string, imported: string): Promise<number> {
  const [result] = await eslint.lintText(`import "${imported}";`, { filePath: `src/${folder}/planted.ts` });
  return result?.messages.length ?? NaN;
}

describe("the linter", () => {
  test.each([
    ["graphql", "../server/server.ts"],
    ["graphql/resolvers", "../../server/server.ts"],
    ["loaders", "../graphql/context.ts"],
    ["loaders", "graphql"],
    ["bird", "../loaders/participant-loader.ts"],
    ["bird", "axios"],
    ["transport", "../bird/client.ts"],
    ["transport", "axios"],
    ["transport", "../config/config.ts"],
    ["operation", "../transport/call.ts"],
    ["auth", "../graphql/context.ts"],
    ["server", "undici"],
    ["server", "../gateway.ts"],
    ["graphql", "../sandbox/sandbox.ts"],
    ["observability", "../transport/call.ts"],
    ["transport", "../observability/log.ts"],
    ["config", "../auth/jwt.ts"],
    ["graphql/admission", "../../observability/metrics.ts"],
    ["sandbox", "../bird/address.ts"],
    ["sandbox", "../observability/events.ts"],
  ])("lets no file of src/%s import %s", async (folder, imported) => {
    expect(await complaints(folder, imported)).toBe(1);
  });

  test.each([
    ["server", "../graphql/context.ts"],
    ["server", "../bird/access-key.ts"],
    ["graphql", "../loaders/participant-loader.ts"],
    ["graphql", "graphql"],
    ["loaders", "dataloader"],
    ["bird", "../transport/call.ts"],
    ["transport/http", "axios"],
    ["transport", "../observability/events.ts"],
  ])("lets files of src/%s import %s", async (folder, imported) => {
    expect(await complaints(folder, imported)).toBe(0);
  });
});
