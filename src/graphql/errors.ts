// The `errors` of an executed operation: bugs, entities that failed, and arguments that do not fit. They repeat no value.
import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, Kind, type GraphQLFormattedError } from "graphql";
import { EntityError } from "./entity-error.ts";

/** A failure of Bird's that ended one entity: its code may be any word of Bird's, ours included. */
function isEntityError(error: unknown): boolean {
  return unwrapResolverError(error) instanceof EntityError;
}

/**
 * A variable brought a value that its argument or directive does not take, such as null where the default made a nullable
 * type legal. graphql-js finds that out while it executes, and points to the value instead of the field.
 */
function isWrongArgument(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const cause = error.originalError ?? error;
  if (!(cause instanceof GraphQLError) || cause.extensions["code"] !== undefined) return false;
  const node = cause.nodes?.[0];
  return node !== undefined && node.kind !== Kind.FIELD;
}

/** True for what no caller can cause: something threw, or broke the schema's own promises. */
export function isBug(error: GraphQLError): boolean {
  const { code } = error.extensions;
  if (isEntityError(error) || isWrongArgument(error)) return false;
  return code === undefined || code === "INTERNAL_SERVER_ERROR";
}

/** Takes from an error what its reader must not see: a bug's message, and the values of arguments. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (isEntityError(error)) return formatted;
  if (isWrongArgument(error))
    return told(formatted, "BAD_USER_INPUT", "An argument got a value that does not fit its type.");
  if (formatted.extensions?.["code"] === "INTERNAL_SERVER_ERROR")
    return told(formatted, "INTERNAL_SERVER_ERROR", "Internal server error");
  return formatted;
}

function told(
  { locations, path }: GraphQLFormattedError,
  code: string,
  message: string,
): GraphQLFormattedError {
  return { message, ...(locations && { locations }), ...(path && { path }), extensions: { code } };
}
