// `npm test`: all kinds of tests side by side, and then those that measure, which each have a core of their own.
// Jest's options and paths of files may follow; they narrow both runs down.
import { buildArgv, runCLI } from "jest";

const argv = await buildArgv(process.argv.slice(2));

/**
 * @param {object} options what differs from the command line
 * @returns how many tests passed, failed and were skipped, and whether all is well
 */
async function run(options) {
  const { results } = await runCLI({ ...argv, reporters: ["default"], passWithNoTests: true, ...options }, [
    process.cwd(),
  ]);
  const { numPassedTests, numFailedTests, numPendingTests, success } = results;
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests, success };
}

const runs = [
  await run({ ignoreProjects: ["alone", "long"] }),
  await run({ selectProjects: ["alone"], maxWorkers: 2 }),
];
/** @param {"passed" | "failed" | "skipped"} what */
const total = (what) => runs.reduce((sum, counts) => sum + counts[what], 0);
const skipped = total("skipped") > 0 ? `, ${total("skipped")} skipped` : "";

// The last line, for programs that read the output.
process.stderr.write(`\n${total("passed")} passed, ${total("failed")} failed${skipped}\n`);
const nothingTried = total("passed") + total("failed") === 0;
if (nothingTried) process.stderr.write("No test fits these options.\n");
process.exit(runs.every(({ success }) => success) && !nothingTried ? 0 : 1);
