// Configures Apollo Server, which executes admitted operations. Its errors never contain a bug's message or a variable.
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
  /** The documents of admitted operations. */
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
    // Admission handles persisted operations and limits. The limit on tokens also has to apply in the parser.
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

/** Reports an unexpected error, and adds the request id to the caller's error. */
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
  // Apollo Server would replace the error by one without the stack.
  unexpectedErrorProcessingRequest: ({ error }) => Promise.reject(error),
};

/** Apollo's log lines are dropped, because they may quote a request. The hooks above report what matters. */
const silentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Drops the line on purpose.
}
