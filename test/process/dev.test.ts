// `npm run dev`: the gateway from source, started again after each change.
import { utimesSync } from "node:fs";
import { afterEach, test } from "@jest/globals";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { until } from "../support/until.ts";

let running: GatewayProcess | undefined;

afterEach(async () => {
  await running?.stop("SIGKILL");
});

/** The gateway's starts so far. */
const starts = () => running?.stdout().match(/ listening on /g)?.length ?? 0;

/** Changes a file until the gateway starts again: the watcher may not see the file yet when the gateway listens. */
async function changeUntilRestart(file: string): Promise<void> {
  const before = starts();
  let changedAt = -Infinity;
  await until(() => {
    if (performance.now() - changedAt > 5000) {
      changedAt = performance.now();
      utimesSync(file, new Date(), new Date());
    }
    return starts() > before;
  }, `the start after a change of ${file}`);
}

test("serves from source, and restarts when the schema or the code changes", async () => {
  running = await startProcess({}, "npm", ["run", "dev"]);
  await changeUntilRestart("schema/query.graphql");
  await changeUntilRestart("src/result.ts");
});
