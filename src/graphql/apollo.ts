// Configures Apollo Server, which executes admitted operations.
import { ApolloServer, type ApolloServerOptions } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import type { GraphQLSchema } from "graphql";
import type { Context } from "./context.ts";
import { limits } from "./admission/limits.ts";
import { formatError } from "./errors.ts";
import { execution } from "./execution.ts";

export type ApolloParts = {
  schema: GraphQLSchema;
  /** The documents of admitted operations. */
  documentStore: NonNullable<ApolloServerOptions<Context>["documentStore"]>;
  /** Turns off introspection and suggestions. */
  production: boolean;
};

/** Creates Apollo Server. Start it before the first operation, and stop it in the end. */
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
      execution,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
}

/** Apollo's log lines are dropped, because they may quote a request. Bugs are reported by execution.ts. */
const silentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

function ignore(): void {
  // Drops the line on purpose.
}
