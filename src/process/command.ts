// The command line: starts the gateway, or handles an option such as `--help` and exits.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { z } from "zod";
import { ConfigError, findProcessWarnings, readProcessConfig } from "../config/config.ts";
import { renderHelp } from "../config/help.ts";
import { fileChecks } from "./file-checks.ts";
import { runGateway } from "./run-gateway.ts";
import type { Signals } from "./signals.ts";

/** The exit code for an invalid command line, as in shells. */
const EXIT_USAGE = 2;

/** Runs the command line. Problems are printed and set the exit code. @param args those after the name of the program */
export async function runCommand(args: readonly string[], signals: Signals): Promise<void> {
  const options = readOptions(args);
  if (typeof options === "string") {
    process.stderr.write(`${options}\nTry --help.\n`);
    process.exitCode = EXIT_USAGE;
  } else if (options.help) process.stdout.write(renderHelp());
  else if (options.version) process.stdout.write(`${readVersion()}\n`);
  else if (options.check) check();
  else await runGateway(signals);
}

/** The options, or the message of an error. */
function readOptions(args: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const options = {
    check: flag,
    help: { ...flag, short: "h" },
    version: { ...flag, short: "v" },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The package's version: package.json is as far from dist/process/ as from src/process/. */
function readVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** Checks the configuration and the files that it names, and starts nothing. */
function check(): void {
  try {
    const warnings = findProcessWarnings(readProcessConfig(fileChecks));
    for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
    process.stdout.write("ok\n");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
