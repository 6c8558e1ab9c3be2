// Builds the GraphQL layer: the schema, the documents, admission and Apollo Server, behind `execute`.
import { Admission } from "./admission/admission.ts";
import type { RouterRules } from "./admission/router-requests.ts";
import { createRouterCheck } from "./admission/router-secret.ts";
import { createApollo } from "./apollo.ts";
import { Documents } from "./documents.ts";
import { createExecute, type Execute, type ExecuteParts } from "./execute.ts";
import { createSchema } from "./schema.ts";

export type GraphqlOptions = RouterRules &
  Omit<ExecuteParts, "apollo" | "admission" | "isRouter"> & {
    /** Turns off introspection and suggestions. */
    production: boolean;
    /** The secrets of the routers in front of this gateway. */
    routerSecrets: readonly string[];
  };

export type Graphql = {
  execute: Execute;
  /** Whether a request carries the secret of a router in the header `router-authorization`. */
  isRouter: (routerAuthorization: string | undefined) => boolean;
  close: () => Promise<void>;
};

/** Builds the layer. Close it, since Apollo Server has to be stopped. */
export async function startGraphql(options: GraphqlOptions): Promise<Graphql> {
  const { production, routerSecrets } = options;
  const schema = createSchema();
  const documents = new Documents(schema, { production });
  const admission = new Admission(schema, documents, options);
  const apollo = createApollo({ schema, documentStore: documents.store, production });
  await apollo.start();
  const isRouter = createRouterCheck(routerSecrets);
  const execute = createExecute({ ...options, apollo, admission, isRouter });
  return { execute, isRouter, close: () => apollo.stop() };
}
