// Apollo Server over the schema: executes admitted operations, and lets no bug and no variable's value out.
import { ApolloServer, type ApolloServerOptions, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import * as events from "../observability/events.ts";
import type { Context } from "./context.ts";
import { limits } from "./admission/limits.ts";
import { formatError, isBug } from "./errors.ts";

export type ApolloParts = {
  schema: GraphQLSchema;
  /** Where the documents of admitted operations are. */
  documentStore: NonNullable<ApolloServerOptions<Context>["documentStore"]>;
  /** Turns off introspection and suggestions. */
  production: boolean;
};

export function createApollo({ schema, documentStore, production }: ApolloParts): ApolloServer<Context> {
  return new ApolloServer<Context>({
    schema,
    documentStore,
    introspection: !production,
    hideSchemaDetailsFromClientErrors: production,
    includeStacktraceInErrorResponses: false,
    // src/graphql/admission/ decides about persisted operations and limits; this limit holds in the parser itself.
    persistedQueries: false,
    parseOptions: { maxLexicalTokens: limits.tokens },
    stopOnTerminationSignals: false,
    formatError,
    logger: silentLogger,
    plugins: [
      bugReports,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

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
  // Apollo Server would throw another error in its place, without its stack.
  unexpectedErrorProcessingRequest: ({ error }) => Promise.reject(error),
};

/** Apollo's own lines may repeat a request; what matters in them arrives through the hooks above. */
const silentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // On purpose.
}
