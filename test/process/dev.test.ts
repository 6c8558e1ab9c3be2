// `npm run dev`: the gateway from source, started again after each change.
import { utimesSync } from "node:fs";
import { afterEach, test } from "@jest/globals";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { until } from "../support/until.ts";

let running: GatewayProcess | undefined;

afterEach(async () => {
  await running?.stop("SIGKILL");
});

function touch(file: string): void {
  const now = new Date();
  utimesSync(file, now, now);
}

test("serves from source, and restarts when the schema or the code changes", async () => {
  running = await startProcess({}, "npm", ["run", "dev"]);
  const { stdout } = running;
  const starts = () => stdout().match(/ listening on /g)?.length;
  touch("schema/query.graphql");
  await until(() => starts() === 2, "the start after a change of the schema");
  touch("src/result.ts");
  await until(() => starts() === 3, "the start after a change of the code");
});
