// Starts the gateway from the configuration, and prints its problems or its banner.
import { ConfigError, findProcessWarnings, readProcessConfig, type Config } from "../config/config.ts";
import * as events from "../observability/events.ts";
import { ListenError, type Address } from "../server/listen.ts";
import { renderBanner } from "./banner.ts";
import { fitToDescriptors, readDescriptorLimit } from "./descriptors.ts";
import { fileChecks } from "./file-checks.ts";
import { LineSink } from "./line-sink.ts";
import type { Signals } from "./signals.ts";

/** stdout, for the banner. Log lines and problems go to stderr. */
const out = new LineSink(1);
const err = new LineSink(2, {
  dropped: (lines) => {
    events.logLinesDropped({ lines });
  },
  resumed: (lines) => {
    events.logResumed({ lines });
  },
});

/** Starts the gateway of this process. It never rejects: problems are printed, and set the exit code. */
export async function runGateway(signals: Signals): Promise<void> {
  process.on("exit", () => {
    out.flushSync();
    err.flushSync();
  });
  // Node.js would print the message of an uncaught error, which may contain personal data.
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  let config: Config | null = null;
  try {
    events.openLog(err);
    const fitted = fitToDescriptors(readProcessConfig(fileChecks), readDescriptorLimit());
    config = fitted.config;
    for (const warning of [
      ...findProcessWarnings(config),
      ...(fitted.warning === null ? [] : [fitted.warning]),
    ])
      events.configurationWarning({ warning });
    // Imported here, so that a configuration that does not fit is reported without loading what serves it.
    const { startGateway } = await import("../gateway.ts");
    const gateway = await startGateway(config);
    const upstream = config.bird.url?.origin ?? "sandbox";
    const { url, adminUrl } = gateway;
    events.started({ url, adminUrl, upstream, authMode: config.auth.mode });
    out.write(renderBanner(gateway, config));
    const stop = (signal: NodeJS.Signals) => {
      events.stopping({ signal });
      gateway.close().catch(crash);
    };
    signals.listen(stop, () => {
      gateway.reload();
    });
  } catch (error) {
    // Signal handlers do not keep the process alive, and everything that was started is closed by now.
    fail(error, config);
  }
}

function crash(error: unknown): void {
  events.bug({ requestId: null, error });
  process.exit(1);
}

/** Ends a failed start: prints the problems in plain lines, and sets the exit code. */
function fail(error: unknown, config: Config | null): void {
  if (error instanceof ConfigError)
    err.write(`The gateway does not start. In the environment:\n${error.message}\n`);
  else if (error instanceof ListenError && config !== null)
    err.write(`The gateway does not start: ${describeListenError(error, config)}\n`);
  else events.bug({ requestId: null, error });
  process.exitCode = 1;
}

/** Describes an error of listening with the variable to change: HOST, PORT, ADMIN_HOST or ADMIN_PORT. */
function describeListenError({ syscall, code, address }: ListenError, { listen, admin }: Config): string {
  const isAdmin = admin !== null && isSame(address, admin) && !isSame(address, listen);
  const prefix = isAdmin ? "ADMIN_" : "";
  const { host, port } = address;
  const where = `${syscall} ${code}: ${prefix}`;
  if (code === "EADDRINUSE")
    return `${where}PORT is ${port}, which is in use on ${host}. Set ${prefix}PORT to another, or to 0 for a free one.`;
  if (code === "EACCES")
    return `${where}PORT is ${port}, which this user may not take. Set ${prefix}PORT to one above 1023.`;
  return `${where}HOST is ${JSON.stringify(host)}, which is no address or name of this machine.`;
}

function isSame(one: Address, other: Address): boolean {
  return one.host === other.host && one.port === other.port;
}
