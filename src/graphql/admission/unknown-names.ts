// Finds fields, arguments, types and fragments that do not exist, before the more expensive validation.
import {
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  Kind,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type NamedTypeNode,
  type SelectionSetNode,
} from "graphql";
import { fragmentsOf, type Fragments } from "../document.ts";

/**
 * Validation applies all its rules to a text, which takes ten times as long as parsing it. Most invalid texts select
 * something that does not exist, so this check makes them cheap to reject.
 *
 * @param document within all limits, so that the recursion is not too deep
 * @returns the first node that is not in the schema; null where there is none
 */
export function findUnknownName(schema: GraphQLSchema, document: DocumentNode): ASTNode | null {
  const walk = new Walk(schema, fragmentsOf(document));
  for (const definition of document.definitions) {
    let wrong: ASTNode | null = null;
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      wrong = walk.findInType(definition.typeCondition, definition.selectionSet);
    else if (definition.kind === Kind.OPERATION_DEFINITION) {
      const root = schema.getRootType(definition.operation);
      if (root) wrong = walk.find(definition.selectionSet, root);
    }
    if (wrong !== null) return wrong;
  }
  return null;
}

class Walk {
  readonly #schema: GraphQLSchema;
  readonly #fragments: Fragments;

  constructor(schema: GraphQLSchema, fragments: Fragments) {
    this.#schema = schema;
    this.#fragments = fragments;
  }

  find({ selections }: SelectionSetNode, parent: GraphQLCompositeType): ASTNode | null {
    for (const selection of selections) {
      let wrong: ASTNode | null;
      if (selection.kind === Kind.FIELD) wrong = this.#findInField(selection, parent);
      else if (selection.kind === Kind.FRAGMENT_SPREAD)
        wrong = this.#fragments.has(selection.name.value) ? null : selection;
      else if (selection.typeCondition === undefined) wrong = this.find(selection.selectionSet, parent);
      else wrong = this.findInType(selection.typeCondition, selection.selectionSet);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  findInType(condition: NamedTypeNode, set: SelectionSetNode): ASTNode | null {
    const type = this.#schema.getType(condition.name.value);
    return isCompositeType(type) ? this.find(set, type) : condition;
  }

  #findInField(node: FieldNode, parent: GraphQLCompositeType): ASTNode | null {
    const { value: name } = node.name;
    if (name === "__typename") return node.selectionSet === undefined ? null : node;
    // The types of introspection are left to validation.
    if (name.startsWith("__")) return null;
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
    if (field === undefined) return node;
    const given = node.arguments ?? [];
    for (const argument of given)
      if (!field.args.some((known) => known.name === argument.name.value)) return argument;
    for (const argument of field.args)
      if (isRequiredArgument(argument) && !given.some(({ name: { value } }) => value === argument.name))
        return node;
    const type = getNamedType(field.type);
    if (isLeafType(type)) return node.selectionSet === undefined ? null : node;
    return node.selectionSet === undefined ? node : this.find(node.selectionSet, type);
  }
}
