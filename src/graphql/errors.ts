// The `errors` array: for requests that are themselves wrong, and for bugs. Neither repeats what the caller sent.
import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, Kind, print, type GraphQLFormattedError } from "graphql";
import { EntityError } from "./entity-error.ts";

/** A failure of Bird's that ended one entity: its code may be any word of Bird's, ours included. */
function isEntityError(error: unknown): boolean {
  return unwrapResolverError(error) instanceof EntityError;
}

/** True for what no caller can cause: something threw, or broke the schema's own promises. */
export function isBug(error: GraphQLError): boolean {
  const { code } = error.extensions;
  return !isEntityError(error) && (code === undefined || code === "INTERNAL_SERVER_ERROR");
}

/** Takes from an error what its reader must not see: a bug's message, and the values of variables. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  if (isEntityError(error)) return formatted;
  const code = formatted.extensions?.["code"];
  if (code === "INTERNAL_SERVER_ERROR") {
    const { locations, path } = formatted;
    return {
      message: "Internal server error",
      ...(locations && { locations }),
      ...(path && { path }),
      extensions: { code },
    };
  }
  if (code === "BAD_USER_INPUT") return { ...formatted, message: withoutValues(error) };
  return formatted;
}

/** graphql-js repeats the value of a variable that does not fit; an email address may stand there. */
function withoutValues(error: unknown): string {
  const definition = error instanceof GraphQLError ? error.nodes?.[0] : undefined;
  return definition?.kind === Kind.VARIABLE_DEFINITION
    ? `Variable "$${definition.variable.name.value}" got no value that fits its type "${print(definition.type)}".`
    : "A variable got no value that fits its type.";
}
