// `npm run codegen` for the resolver types of many copies of the project, in one process: starting it costs seconds.
import { join } from "node:path";
import { generate, loadCodegenConfig } from "@graphql-codegen/cli";

const resolvers = "src/graphql/__generated__/resolvers.ts";

for (const folder of process.argv.slice(2)) {
  const { config } = await loadCodegenConfig({ configFilePath: join(folder, "codegen.yml") });
  const generates = { [resolvers]: config.generates[resolvers] ?? [] };
  await generate({ ...config, cwd: folder, silent: true, generates });
}
