// The composition root: builds every layer. No other file knows them all.
import { createBirdClient } from "./bird/client.ts";
import type { AuthConfig, Config, PersistedOperationsConfig } from "./config/config.ts";
import { readManifest } from "./graphql/admission/manifest.ts";
import type { PersistedOperations } from "./graphql/admission/persisted-operations.ts";
import { startGraphql } from "./graphql/start.ts";
import { shareReads } from "./loaders/shared-reads.ts";
import { ListDenials } from "./loaders/list-denials.ts";
import { startSandbox } from "./sandbox/sandbox.ts";
import { openAccessKeys } from "./auth/access-keys.ts";
import type { Authenticate } from "./auth/caller.ts";
import { readCaller } from "./auth/forward.ts";
import { startAdminServer } from "./server/admin.ts";
import { startServer, type Server } from "./server/server.ts";
import { createTokenAuthentication } from "./auth/jwt.ts";
import { createTransport } from "./transport/transport.ts";

export interface Gateway {
  /** Where it listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** The URL of the admin port, which serves metrics and probes; null when there is none. */
  readonly adminUrl: string | null;
  /** Reads the access keys again. */
  reload(): void;
  /** Finishes the work in flight, then stops everything that the gateway started. */
  close(): Promise<void>;
}

/**
 * Starts the gateway, and the Bird sandbox where the configuration names no API.
 *
 * @throws when it cannot listen or a file is invalid; then everything that was started is stopped
 */
export async function startGateway(config: Config): Promise<Gateway> {
  const started: { close: () => Promise<void> }[] = [];
  const close = async () => {
    for (const part of started.toReversed()) await part.close();
  };
  try {
    const { production, listen, bird, operations, routers, browsers } = config;
    let server: Server | null = null;
    const admin = config.admin && (await startAdminServer(config.admin, () => server?.isReady() ?? false));
    // The admin port stops last, so that operators can watch the rest stop.
    if (admin !== null) started.push(admin);
    const sandbox = bird.url === null ? await startSandbox() : null;
    if (sandbox !== null) started.push(sandbox);
    const baseUrl = bird.url ?? new URL(sandbox?.url ?? "");
    const { attemptTimeoutMs, maxConnections, quotas } = bird;
    const transport = createTransport({
      baseUrl,
      attemptTimeoutMs,
      maxConnections,
      quotas,
      holdsKeys: config.auth.mode === "jwt",
    });
    started.push(transport);
    const listDenials = bird.batching === "auto" ? new ListDenials(transport.isAccepted) : null;
    const loaderParts = {
      bird: shareReads(createBirdClient(transport)),
      listDenials,
      readsPerSecond: quotas.readsPerSecond,
    };
    const { authenticate, reload, close: closeAuthentication } = createAuthentication(config.auth);
    started.push({ close: closeAuthentication });
    const graphql = await startGraphql({
      production,
      loaderParts,
      authenticate,
      persisted: openPersistedOperations(operations.persisted),
      deadlineMs: operations.deadlineMs,
      callsPerOperation: operations.maxCalls,
      routerSecrets: routers.secrets,
      routersOnly: production || routers.secrets.length > 0,
      maxRepresentations: routers.maxRepresentations,
    });
    started.push(graphql);
    const graphiql = browsers.graphiql ? { upstream: bird.url?.origin ?? null } : null;
    server = await startServer({
      ...listen,
      execute: graphql.execute,
      isRouter: graphql.isRouter,
      maxRepresentations: routers.maxRepresentations,
      deadlineMs: operations.deadlineMs,
      hasMetrics: admin === null && !production,
      graphiql,
      corsOrigins: browsers.corsOrigins,
    });
    started.push(server);
    return { url: server.url, adminUrl: admin?.url ?? null, reload, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Authentication {
  authenticate: Authenticate;
  reload: () => void;
  close: () => Promise<void>;
}

/** Creates the authentication of the configured mode: forward or jwt. Neither falls back to the other. */
function createAuthentication(auth: AuthConfig): Authentication {
  if (auth.mode === "forward")
    return { authenticate: readCaller, reload: () => undefined, close: () => Promise.resolve() };
  const accessKeys = openAccessKeys(auth.accessKeysFile);
  const { authenticate, close } = createTokenAuthentication(auth, accessKeys);
  return {
    authenticate,
    reload: () => {
      accessKeys.reload();
    },
    close: () => {
      close();
      return Promise.resolve();
    },
  };
}

function openPersistedOperations(config: PersistedOperationsConfig): PersistedOperations {
  if (config.mode === "off") return config;
  const manifest = readManifest(config.file);
  return { mode: config.mode, manifest };
}
