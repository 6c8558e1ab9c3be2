// What only routers may ask for, `_entities` and `_service`: from whom it is taken, and how much of it at once.
import type { ApolloServerPlugin, GraphQLRequestContextDidResolveOperation } from "@apollo/server";
import {
  getArgumentValues,
  getVariableValues,
  GraphQLError,
  isUnionType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type SelectionSetNode,
} from "graphql";
import { isJsonObject } from "../../json.ts";
import type { Context } from "../context.ts";

export type RouterRules = {
  /** Whether `_entities` and `_service` are for callers with a router's secret only. */
  routersOnly: boolean;
  /** How many entities one operation may ask for, all its `_entities` fields together. */
  maxRepresentations: number;
};

type Request = GraphQLRequestContextDidResolveOperation<Context>;

/** Refuses before anything is executed, so that nothing is sent to Bird for what is refused. */
export function createRouterRequestCheck(rules: RouterRules): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: (request) =>
          Promise.resolve().then(() => {
            checkRequest(request, rules);
          }),
      }),
  };
}

function checkRequest(request: Request, rules: RouterRules): void {
  const fields = rootFieldsOf(request);
  const entities = fields.filter((field) => field.name.value === "_entities");
  const isRouters = entities.length > 0 || fields.some((field) => field.name.value === "_service");
  if (isRouters && rules.routersOnly && !request.contextValue.fromRouter) {
    const message =
      "Only routers may ask for _entities and _service: the header router-authorization is missing or wrong.";
    throw new GraphQLError(message, {
      extensions: { code: "ROUTER_SECRET_REQUIRED", http: { status: 403 } },
    });
  }
  if (entities.length > 0) checkRepresentations(representationsOf(request, entities), request.schema, rules);
}

function checkRepresentations(
  representations: readonly unknown[],
  schema: GraphQLSchema,
  { maxRepresentations }: RouterRules,
): void {
  if (representations.length > maxRepresentations) {
    const message = `At most ${maxRepresentations} representations can be asked for at once, not ${representations.length}.`;
    throw new GraphQLError(message, {
      extensions: { code: "TOO_MANY_REPRESENTATIONS", http: { status: 400 } },
    });
  }
  const union = schema.getType("_Entity");
  const entityTypes = isUnionType(union) ? union.getTypes().map((type) => type.name) : [];
  // A single one that names no entity would make `@apollo/subgraph` throw all the others away.
  if (
    !representations.every(
      (one) => isJsonObject(one) && entityTypes.some((name) => name === one["__typename"]),
    )
  ) {
    const message = `A representation is an object whose __typename is one of: ${entityTypes.join(", ")}.`;
    throw new GraphQLError(message, { extensions: { code: "BAD_REPRESENTATION", http: { status: 400 } } });
  }
}

/** All representations, as the execution will see them: from variables, defaults and literals alike. */
function representationsOf(
  { operation, request, schema }: Request,
  entities: readonly FieldNode[],
): unknown[] {
  const field = schema.getQueryType()?.getFields()["_entities"];
  const { coerced } = getVariableValues(
    schema,
    operation?.variableDefinitions ?? [],
    request.variables ?? {},
  );
  // Variables that do not fit are for the execution to report.
  if (field === undefined || coerced === undefined) return [];
  return entities.flatMap((node) => getArgumentValues(field, node, coerced)["representations"]);
}

/** The fields of the root, those in fragments included; one per name in the answer, as each is executed once. */
function rootFieldsOf({ operation, document }: Request): FieldNode[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const fields = new Map<string, FieldNode>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.set((selection.alias ?? selection.name).value, selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        // Once is enough, and keeps fragments that spread each other many times from taking for ever.
        fragments.delete(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  };
  if (operation !== undefined) collect(operation.selectionSet);
  return [...fields.values()];
}
