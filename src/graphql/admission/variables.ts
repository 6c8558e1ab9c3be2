// The variables of an operation, as its execution will see them, or what is wrong with them: never their values.
import {
  getVariableValues,
  Kind,
  print,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { fail, succeed, type Result } from "../../result.ts";
import { rejectionOf, type Rejection } from "../rejection.ts";

type Variables = Readonly<Record<string, unknown>>;

/** A value that is wrong in a hundred places is not worth a hundred errors. */
const MAX_ERRORS = 5;

/** @returns the values by variable, those of defaults included */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
): Result<Variables, Rejection> {
  const { errors, coerced } = getVariableValues(schema, variableDefinitions, given, {
    maxErrors: MAX_ERRORS,
  });
  if (errors === undefined) return succeed(coerced);
  const wrong = errors.slice(0, MAX_ERRORS).map((error) => ({
    message: withoutValues(error),
    locations: error.locations,
  }));
  return fail(rejectionOf("BAD_USER_INPUT", wrong));
}

/** graphql-js repeats the value of a variable that does not fit; an email address may stand there. */
function withoutValues({ nodes }: GraphQLError): string {
  const definition = nodes?.[0];
  return definition?.kind === Kind.VARIABLE_DEFINITION
    ? `Variable "$${definition.variable.name.value}" got no value that fits its type "${print(definition.type)}".`
    : "A variable got no value that fits its type.";
}
