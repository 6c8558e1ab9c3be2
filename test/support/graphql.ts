// The GraphQL layer on a Bird of the test's own, without HTTP.
import { readCaller } from "../../src/auth/forward.ts";
import type { Bird } from "../../src/bird/client.ts";
import { startGraphql, type Graphql, type GraphqlOptions } from "../../src/graphql/start.ts";

export function startGraphqlOn(bird: Bird, options: Partial<GraphqlOptions> = {}): Promise<Graphql> {
  return startGraphql({
    production: true,
    routersOnly: false,
    maxRepresentations: 200,
    loaderParts: { bird: { for: () => bird }, listDenials: null, readsPerSecond: 50 },
    deadlineMs: 10_000,
    callsPerOperation: 200,
    routerSecrets: [],
    authenticate: readCaller,
    persisted: { mode: "off" },
    ...options,
  });
}
