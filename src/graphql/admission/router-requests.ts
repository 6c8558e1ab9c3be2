// Checks `_entities` and `_service`, which are for routers: whether the caller is one, and how many entities are requested.
import {
  getArgumentValues,
  GraphQLError,
  isUnionType,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";
import { isJsonObject } from "../../json.ts";
import { fragmentsOf, rootFieldsOf } from "../document.ts";
import { rejection, type Rejection } from "../rejection.ts";

export type RouterRules = {
  /** Whether `_entities` and `_service` require a router's secret. */
  routersOnly: boolean;
  /** The largest number of entities in one operation, over all its `_entities` fields. */
  maxRepresentations: number;
};

/** A valid operation that is about to be executed. */
type RouterRequest = {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** The coerced values, defaults included. */
  variables: Readonly<Record<string, unknown>>;
  /** Whether the request carries the secret of a router. */
  fromRouter: boolean;
};

/** Checks the fields for routers. @returns the rejection; null where the operation is admitted */
export function checkRouterRequest(request: RouterRequest, rules: RouterRules): Rejection | null {
  const fields = rootFieldsOf(request.operation, fragmentsOf(request.document));
  const entities = fields.filter((field) => field.name.value === "_entities");
  const isRouters = entities.length > 0 || fields.some((field) => field.name.value === "_service");
  if (isRouters && rules.routersOnly && !request.fromRouter) return secretRequired;
  return entities.length > 0 ? checkRepresentations(request, entities, rules) : null;
}

const secretRequired = rejection(
  "ROUTER_SECRET_REQUIRED",
  "Only routers may ask for _entities and _service: the header router-authorization is missing or wrong.",
  { status: 403 },
);

function checkRepresentations(
  request: RouterRequest,
  entities: readonly FieldNode[],
  { maxRepresentations }: RouterRules,
): Rejection | null {
  const representations = representationsOf(request, entities);
  if (representations.length > maxRepresentations) {
    const message = `At most ${maxRepresentations} representations can be asked for at once, not ${representations.length}.`;
    return rejection("TOO_MANY_REPRESENTATIONS", message);
  }
  const union = request.schema.getType("_Entity");
  const names: unknown[] = isUnionType(union) ? union.getTypes().map(({ name }) => name) : [];
  // `@apollo/subgraph` fails all entities when one representation has an unknown type, so reject the operation.
  if (representations.every((one) => isJsonObject(one) && names.includes(one["__typename"]))) return null;
  const message = `A representation is an object whose __typename is one of: ${names.join(", ")}.`;
  return rejection("BAD_REPRESENTATION", message);
}

/** All representations after coercion, from variables, defaults and literals. */
function representationsOf({ schema, variables }: RouterRequest, entities: readonly FieldNode[]): unknown[] {
  const field = schema.getQueryType()?.getFields()["_entities"];
  if (field === undefined) return [];
  try {
    return entities.flatMap((node) => getArgumentValues(field, node, variables)["representations"]);
  } catch (error) {
    // An argument is invalid, such as a null variable. The execution reports it as an error of its field.
    if (error instanceof GraphQLError) return [];
    throw error;
  }
}
