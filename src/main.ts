#!/usr/bin/env node
// The process: configuration → gateway → signals.
import { destination } from "pino";
import { ConfigError, readProcessConfig, type Config } from "./config/config.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import * as events from "./observability/events.ts";

async function main(): Promise<void> {
  const config = readProcessConfig();
  // Log lines go to stderr: stdout is for the banner, which people and scripts read.
  const logStream = destination({ dest: 2, sync: false });
  events.openLog(logStream);
  process.on("exit", () => {
    logStream.flushSync();
  });
  // Node would print the message of what nobody caught, and nobody knows what that holds.
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
  const gateway = await startGateway(config);
  stopOnSignals(gateway);
  process.on("SIGHUP", () => {
    gateway.reload();
  });
  const upstream = config.bird.url?.origin ?? "sandbox";
  const { url, adminUrl } = gateway;
  events.started({ url, adminUrl, upstream, authMode: config.auth.mode });
  process.stdout.write(banner(gateway, config));
}

function crash(error: unknown): void {
  events.bug({ requestId: null, error });
  process.exit(1);
}

/** Ctrl-C under npm arrives twice, from the terminal and from npm: only the first may count, or the drain is cut off. */
function stopOnSignals(gateway: Gateway): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    events.stopping({ signal });
    gateway.close().catch(fail);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
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

/** The only way out of a failed start or stop: what is wrong, in plain lines, and a status that says so. */
function fail(error: unknown): void {
  if (error instanceof ConfigError)
    process.stderr.write(`The gateway does not start. In the environment:\n${error.message}\n`);
  else if (isListenError(error)) process.stderr.write(`The gateway does not start: ${error.message}\n`);
  else events.bug({ requestId: null, error });
  process.exitCode = 1;
}

function isListenError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error &&
    "syscall" in error &&
    (error.syscall === "listen" || error.syscall === "getaddrinfo")
  );
}

main().catch(fail);
