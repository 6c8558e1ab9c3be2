// The composition root: builds every layer and knows them all; nobody else does.
import { createBirdClient } from "./bird/client.ts";
import type { Config } from "./config.ts";
import { createApollo } from "./graphql/apollo.ts";
import { shareReads } from "./loaders/in-flight.ts";
import { createListRefusals } from "./loaders/list-refusals.ts";
import { startSandbox } from "./sandbox/sandbox.ts";
import { startServer } from "./server/server.ts";
import { createTransport } from "./transport/transport.ts";

export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Finishes the work it has, then stops everything it started. */
  close(): Promise<void>;
}

/**
 * Starts the gateway, and the Bird sandbox where the configuration names no API.
 *
 * @throws when it cannot listen; then nothing of it goes on running
 */
export async function startGateway(config: Config): Promise<Gateway> {
  const started: { close: () => Promise<void> }[] = [];
  const close = async () => {
    for (const part of started.toReversed()) await part.close();
  };
  try {
    const sandbox = config.birdApiUrl === null ? await startSandbox() : null;
    if (sandbox !== null) started.push(sandbox);
    const baseUrl = config.birdApiUrl ?? new URL(sandbox?.url ?? "");
    const { attemptTimeoutMs, quotas } = config;
    const transport = createTransport({ baseUrl, attemptTimeoutMs, quotas });
    started.push(transport);
    const bird = shareReads(createBirdClient(transport));
    const listRefusals = config.batching === "auto" ? createListRefusals() : null;
    const loaderParts = { bird, listRefusals };
    const apollo = createApollo({
      production: config.production,
      routersOnly: config.production || config.routerSecrets.length > 0,
      maxRepresentations: config.maxRepresentations,
    });
    await apollo.start();
    started.push({ close: () => apollo.stop() });
    const { host, port, deadlineMs, routerSecrets, corsOrigins } = config;
    const graphiql = config.graphiql ? { upstream: config.birdApiUrl?.origin ?? null } : null;
    const web = { graphiql, corsOrigins };
    const server = await startServer({ apollo, loaderParts, host, port, deadlineMs, routerSecrets, ...web });
    started.push(server);
    return { url: server.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
