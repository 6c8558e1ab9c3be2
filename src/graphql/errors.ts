// Formats the `errors` of an executed operation: bugs, failed entities and invalid arguments. They never contain a value.
import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, Kind, type GraphQLFormattedError } from "graphql";
import { EntityError } from "./entity-error.ts";

/** Whether an error is the failure of one entity. Its code cannot tell, since Bird chooses codes. */
function isEntityError(error: unknown): boolean {
  return unwrapResolverError(error) instanceof EntityError;
}

/**
 * Whether the value of a variable is invalid for its argument or directive, such as null where a default value made a
 * nullable type valid. graphql-js detects this during the execution, and its error points to the value, not to the field.
 */
function isWrongArgument(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const cause = error.originalError ?? error;
  if (!(cause instanceof GraphQLError) || cause.extensions["code"] !== undefined) return false;
  const node = cause.nodes?.[0];
  return node !== undefined && node.kind !== Kind.FIELD;
}

/** True for errors that no caller can cause: code threw, or returned a value that the schema does not allow. */
export function isBug(error: GraphQLError): boolean {
  const { code } = error.extensions;
  if (isEntityError(error) || isWrongArgument(error)) return false;
  return code === undefined || code === "INTERNAL_SERVER_ERROR";
}

/** The error for the caller. An error without a code is a bug, so its cause is hidden. */
export function toFormattedError(error: GraphQLError): GraphQLFormattedError {
  const { code = "INTERNAL_SERVER_ERROR" } = error.extensions;
  return formatError({ ...error.toJSON(), extensions: { ...error.extensions, code } }, error);
}

/** Removes from an error what the caller must not see: a bug's message, and the values of arguments. */
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
