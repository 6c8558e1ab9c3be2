// The sandbox as a process of its own: reads the flags, starts the sandbox, stops it on a signal.
import { parseArgs } from "node:util";
import { startSandbox, type SandboxOptions } from "./sandbox.ts";

const DEFAULT_PORT = 4010;

const help = `Usage: npm run sandbox -- [options]

A Bird Conversations API on this machine, with the examples of Bird's documents.

Options:
  --host <address>              where it listens; a loopback address unless given
  --port <number>               its port, ${DEFAULT_PORT} unless given; 0 takes a free one
  --reads-per-second <number>   reads that a workspace may make in a second, or Infinity; 50 unless given
  --writes-per-second <number>  updates, likewise; 500 unless given
  --help                        prints this and exits

It accepts "AccessKey sandbox" (reads and updates) and "AccessKey sandbox-readonly" (reads).
`;

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `The sandbox did not start: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 1;
}

async function run(args: string[]): Promise<void> {
  const options = toOptions(args);
  if (options === "help") {
    process.stdout.write(help);
    return;
  }
  const sandbox = await startSandbox(options);
  const example =
    "/workspaces/a1405560-c8d3-4b1a-877d-3f449ad95352/conversations/02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418" +
    "/participants/emailaddress/john.doe@bird.com";
  process.stdout.write(
    `Bird sandbox listening on ${sandbox.url}\n` +
      `Try: curl -H "Authorization: AccessKey sandbox" "${sandbox.url}${example}"\n`,
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // Only the sandbox keeps the process alive, so the process exits with 0 once the sandbox is closed.
    process.once(signal, () => void sandbox.close());
  }
}

function toOptions(args: string[]): SandboxOptions | "help" {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: "boolean" },
      host: { type: "string" },
      port: { type: "string" },
      "reads-per-second": { type: "string" },
      "writes-per-second": { type: "string" },
    },
  });
  if (values.help === true) return "help";
  const { host, port, "reads-per-second": reads, "writes-per-second": writes } = values;
  return {
    ...(host !== undefined && { host }),
    port: port === undefined ? DEFAULT_PORT : toNumber("--port", port),
    ...(reads !== undefined && { readsPerSecond: toNumber("--reads-per-second", reads) }),
    ...(writes !== undefined && { writesPerSecond: toNumber("--writes-per-second", writes) }),
  };
}

/** Reads digits or `Infinity`. `Number("")` would be 0. */
function toNumber(flag: string, value: string): number {
  if (/^(\d+|Infinity)$/.test(value)) return Number(value);
  throw new Error(`${flag} must be a whole number, not "${value}".`);
}
