// From the configuration to a running gateway, and what the process says on the way.
import { ConfigError, readProcessConfig, type Config } from "../config/config.ts";
import { findWarnings } from "../config/warnings.ts";
import { startGateway, type Gateway } from "../gateway.ts";
import * as events from "../observability/events.ts";
import { fitToDescriptors, readDescriptorLimit } from "./descriptors.ts";
import { LineSink } from "./line-sink.ts";
import type { Signals } from "./signals.ts";

/** Log lines and problems go to stderr; stdout is for the banner, which people and scripts read. */
const out = new LineSink(1);
const err = new LineSink(2, {
  dropped: (lines) => {
    events.logLinesDropped({ lines });
  },
  resumed: (lines) => {
    events.logResumed({ lines });
  },
});

export async function runGateway(signals: Signals): Promise<void> {
  process.on("exit", () => {
    out.flushSync();
    err.flushSync();
  });
  // Node.js would print the message of what nobody caught, and it may hold anything.
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  let config: Config | null = null;
  try {
    events.openLog(err);
    const fitted = fitToDescriptors(readProcessConfig(), readDescriptorLimit());
    config = fitted.config;
    for (const warning of [...findWarnings(config), ...(fitted.warning === null ? [] : [fitted.warning])])
      events.configurationWarning({ warning });
    const gateway = await startGateway(config);
    const upstream = config.bird.url?.origin ?? "sandbox";
    const { url, adminUrl } = gateway;
    events.started({ url, adminUrl, upstream, authMode: config.auth.mode });
    out.write(banner(gateway, config));
    const stop = (signal: NodeJS.Signals) => {
      events.stopping({ signal });
      gateway.close().catch(crash);
    };
    signals.listen(stop, () => {
      gateway.reload();
    });
  } catch (error) {
    // The handlers of signals keep nothing alive; what was started is closed by now.
    fail(error, config);
  }
}

function crash(error: unknown): void {
  events.bug({ requestId: null, error });
  process.exit(1);
}

/** What a person sees first. Scripts look for the line that says `listening`. */
function banner({ url, adminUrl }: Gateway, config: Config): string {
  const admin = adminUrl === null ? "" : `Admin port: metrics and probes at ${adminUrl}\n`;
  const listening = `bird-conversations-gateway listening on ${url}\n${admin}`;
  const graphiql = config.browsers.graphiql ? `GraphiQL at ${url}/graphiql\n` : "";
  if (config.bird.url !== null)
    return `${listening}GraphQL at ${url}/graphql, on the Bird API at ${config.bird.url.origin}\n${graphiql}`;
  const query = `{ conversationParticipant(workspaceId: \\"a1405560-c8d3-4b1a-877d-3f449ad95352\\", conversationId: \\"02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418\\", key: \\"emailaddress\\", value: \\"john.doe@bird.com\\") { __typename ... on ConversationParticipant { displayName status } ... on BirdError { code message } } }`;
  return `${listening}GraphQL at ${url}/graphql, on the embedded sandbox: nothing reaches Bird.
${graphiql}Try it:

curl ${url}/graphql -H 'Authorization: AccessKey sandbox' -H 'Content-Type: application/json' -d '{"query":"${query}"}'

`;
}

/** The only way out of a failed start: what is wrong, in plain lines, and a status that says so. */
function fail(error: unknown, config: Config | null): void {
  if (error instanceof ConfigError)
    err.write(`The gateway does not start. In the environment:\n${error.message}\n`);
  else if (isListenError(error) && config !== null)
    err.write(`The gateway does not start: ${describeListenError(error, config)}\n`);
  else events.bug({ requestId: null, error });
  process.exitCode = 1;
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    "syscall" in error &&
    (error.syscall === "listen" || error.syscall === "bind" || error.syscall === "getaddrinfo")
  );
}

/** Names the variable to change: what is wrong with an address is HOST, with a port PORT; or ADMIN_HOST and ADMIN_PORT. */
function describeListenError(error: NodeJS.ErrnoException, { listen, admin }: Config): string {
  const { syscall = "listen", code = "" } = error;
  const isAdmin = admin !== null && isAbout(error, admin) && !isAbout(error, listen);
  const prefix = isAdmin ? "ADMIN_" : "";
  const { host, port } = isAdmin ? admin : listen;
  const where = `${syscall} ${code}: ${prefix}`;
  if (code === "EADDRINUSE")
    return `${where}PORT is ${port}, which is in use on ${host}. Set ${prefix}PORT to another, or to 0 for a free one.`;
  if (code === "EACCES")
    return `${where}PORT is ${port}, which this user may not take. Set ${prefix}PORT to one above 1023.`;
  return `${where}HOST is ${JSON.stringify(host)}, which is no address or name of this machine.`;
}

function isAbout(error: Error, { host, port }: { host: string; port: number }): boolean {
  if ("hostname" in error) return error.hostname === host;
  return "address" in error && error.address === host && "port" in error && error.port === port;
}
