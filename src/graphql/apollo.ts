// Apollo Server over the schema: executes requests, and lets no bug and no variable's value out.
import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import * as events from "../observability/events.ts";
import type { Context } from "./context.ts";
import { limits } from "./admission/limits.ts";
import { formatError, isBug } from "./errors.ts";
import { createRouterRequestCheck, type RouterRules } from "./admission/router-requests.ts";
import { createSchema } from "./schema.ts";

/** A request that is wrong in a hundred places is not worth a hundred errors. */
const MAX_REQUEST_ERRORS = 5;

export type ApolloOptions = RouterRules & {
  /** Turns off introspection and suggestions. */
  production: boolean;
};

export function createApollo({ production, ...routerRules }: ApolloOptions): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema: createSchema(),
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    // Persisted operations and limits are src/graphql/admission/admission.ts's; this one holds in the parser itself.
    persistedQueries: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    stopOnTerminationSignals: false,
    formatError,
    logger: silentLogger,
    plugins: [
      bugReports,
      requestErrors,
      createRouterRequestCheck(routerRules),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Lets nothing be executed that was refused, and keeps the list of what is wrong with a request short. */
const requestErrors: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation: ({ contextValue: { refusal } }) =>
        refusal === null ? Promise.resolve() : Promise.reject(refusal),
      willSendResponse: ({ response }) => {
        if (response.body.kind !== "single") return Promise.resolve();
        const result = response.body.singleResult;
        // With data, each error belongs to a field that failed, and none may be missing.
        if (result.data === undefined && result.errors !== undefined)
          result.errors = result.errors.slice(0, MAX_REQUEST_ERRORS);
        return Promise.resolve();
      },
    }),
};

/** Reports what threw, and gives the caller the request id to name it by. */
const bugReports: ApolloServerPlugin<Context> = {
  requestDidStart: () =>
    Promise.resolve({
      didEncounterErrors: ({ errors, contextValue: { requestId } }) => {
        for (const error of errors)
          if (isBug(error)) events.bug({ requestId, error: error.originalError ?? error });
        return Promise.resolve();
      },
      willSendResponse: ({ response, contextValue: { requestId } }) => {
        if (response.body.kind !== "single") return Promise.resolve();
        for (const error of response.body.singleResult.errors ?? []) {
          if (error.extensions?.["code"] === "INTERNAL_SERVER_ERROR")
            error.extensions["requestId"] = requestId;
        }
        return Promise.resolve();
      },
    }),
  unexpectedErrorProcessingRequest: ({ requestContext, error }) => {
    events.bug({ requestId: requestContext.contextValue.requestId, error });
    return Promise.resolve();
  },
};

/** Apollo's own lines may repeat a request; what matters in them arrives through the hooks above. */
const silentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // On purpose.
}
