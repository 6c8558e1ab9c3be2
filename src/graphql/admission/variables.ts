// Coerces the variables of an operation, or reports the problems. The messages never contain a value.
import {
  getNullableType,
  GraphQLError,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  typeFromAST,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from "graphql";
import { isJsonObject } from "../../json.ts";
import { fail, succeed, type Result } from "../../result.ts";
import { rejectionOf, type Rejection } from "../rejection.ts";

type Variables = Readonly<Record<string, unknown>>;

/** The largest number of errors that are reported. */
const MAX_ERRORS = 5;
/** The longest path in a message: it contains names from the caller, which may have any length. */
const MAX_PATH_CHARACTERS = 200;

/** The form of a GraphQL name. */
const NAME = /^[_A-Za-z]\w*$/;

export type VariableRules = {
  /** Whether messages must not reveal names of the schema: then they name only what the caller sent. */
  production: boolean;
};

/** Coerces the variables of a request. @returns the values by variable, defaults included */
export function readVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Variables,
  { production }: VariableRules,
): Result<Variables, Rejection> {
  // The first error is enough here: for each of its errors, graphql-js prints the whole value.
  const { errors, coerced } = getVariableValues(schema, variableDefinitions, given, { maxErrors: 0 });
  if (errors === undefined) return succeed(coerced);
  // The messages of graphql-js quote values, which may be personal. Find the problems again and write other messages.
  const found = variableDefinitions.flatMap((definition) =>
    findProblemsOf(definition, schema, given).map(
      (problem) => new GraphQLError(toMessage(problem, production), { nodes: definition }),
    ),
  );
  return fail(rejectionOf("BAD_USER_INPUT", found.length > 0 ? found.slice(0, MAX_ERRORS) : [unnamed]));
}

/**
 * Removes the variables that an operation does not define. While it waits for Bird, a request stays in memory with its
 * variables: a body of 100 kB can make an object of 2 MB.
 */
export function dropUndefined(
  { variableDefinitions = [] }: OperationDefinitionNode,
  given: Record<string, unknown>,
): void {
  const defined = new Set(variableDefinitions.map(({ variable }) => variable.name.value));
  for (const name of Object.keys(given)) if (!defined.has(name)) Reflect.deleteProperty(given, name);
}

/** The error for a problem that only graphql-js finds. */
const unnamed = new GraphQLError("A variable got a value that does not fit its type.");

type Problem = {
  /** The path of the invalid value, such as `identifiers[57].value`. */
  path: string;
  kind: "missing" | "null" | "noField" | "doesNotFit";
  type: string;
  /** For a missing field: the path of the object without it. */
  parent?: string;
};

function findProblemsOf(
  { variable, type: typeNode, defaultValue }: VariableDefinitionNode,
  schema: GraphQLSchema,
  given: Variables,
): Problem[] {
  const type = typeFromAST(schema, typeNode);
  const { value: name } = variable.name;
  // A variable can be called `toString`, which every object has.
  const value = Object.hasOwn(given, name) ? given[name] : undefined;
  if (!isInputType(type) || (value === undefined && defaultValue !== undefined)) return [];
  if (value === undefined)
    return isNonNullType(type) ? [{ path: name, kind: "missing", type: String(type) }] : [];
  return findProblems(value, type, name).slice(0, MAX_ERRORS);
}

function findProblems(value: unknown, type: GraphQLInputType, path: string): Problem[] {
  if (value === null || value === undefined)
    return isNonNullType(type) ? [{ path, kind: "null", type: String(type) }] : [];
  const nullable: GraphQLInputType = getNullableType(type);
  if (isListType(nullable)) return findProblemsInList(value, nullable.ofType, path);
  if (isInputObjectType(nullable)) return findProblemsInObject(value, nullable, path);
  return fits(value, nullable) ? [] : [{ path, kind: "doesNotFit", type: String(nullable) }];
}

/** Finds the problems of a list. A single value counts as a list of one. */
function findProblemsInList(value: unknown, itemType: GraphQLInputType, path: string): Problem[] {
  if (!Array.isArray(value)) return findProblems(value, itemType, path);
  const items: readonly unknown[] = value;
  return items.flatMap((item, index) => findProblems(item, itemType, `${path}[${index}]`));
}

function findProblemsInObject(value: unknown, type: GraphQLInputObjectType, path: string): Problem[] {
  if (!isJsonObject(value)) return [{ path, kind: "doesNotFit", type: type.name }];
  const fields = type.getFields();
  const unknown = Object.keys(value)
    .filter((name) => !Object.hasOwn(fields, name))
    .slice(0, MAX_ERRORS)
    // A key that is not a GraphQL name may be personal, such as an email address, so it is not repeated.
    .map((name): Problem => ({
      path: `${path}.${NAME.test(name) ? name : "…"}`,
      kind: "noField",
      type: type.name,
    }));
  const known = Object.values(fields).flatMap((field): Problem[] => {
    const inField = `${path}.${field.name}`;
    if (value[field.name] !== undefined) return findProblems(value[field.name], field.type, inField);
    if (!isRequiredInputField(field)) return [];
    return [{ path: inField, kind: "missing", type: String(field.type), parent: path }];
  });
  // Unknown fields first: a misspelt field is usually the reason why another one is missing.
  return [...unknown, ...known];
}

function fits(value: unknown, type: GraphQLLeafType): boolean {
  try {
    return type.parseValue(value) !== undefined;
  } catch {
    return false;
  }
}

function toMessage({ path, kind, type, parent }: Problem, production: boolean): string {
  const place = shorten(path);
  switch (kind) {
    case "missing":
      if (production && parent !== undefined) return `${shorten(parent)} lacks a field that it must have.`;
      return production ? `${place} is missing.` : `${place} is missing: its type is ${type}.`;
    case "null":
      return production ? `${place} must not be null.` : `${place} must not be null: its type is ${type}.`;
    case "noField":
      return production ? `${place} is no field.` : `${place} is no field of ${type}.`;
    case "doesNotFit":
      return production ? `${place} does not fit its type.` : `${place} does not fit its type ${type}.`;
  }
}

function shorten(path: string): string {
  return path.length <= MAX_PATH_CHARACTERS ? path : `${path.slice(0, MAX_PATH_CHARACTERS)}…`;
}
