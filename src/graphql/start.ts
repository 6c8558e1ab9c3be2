// Builds what executes operations: the schema, the documents, admission and Apollo Server, behind the door.
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
    /** Secrets of the routers in front of this gateway. */
    routerSecrets: readonly string[];
  };

export async function startGraphql(
  options: GraphqlOptions,
): Promise<{ execute: Execute; close: () => Promise<void> }> {
  const { production, routerSecrets } = options;
  const schema = createSchema();
  const documents = new Documents(schema, { production });
  const admission = new Admission(schema, documents, options);
  const apollo = createApollo({ schema, documentStore: documents.store, production });
  await apollo.start();
  const execute = createExecute({
    ...options,
    apollo,
    admission,
    isRouter: createRouterCheck(routerSecrets),
  });
  return { execute, close: () => apollo.stop() };
}
