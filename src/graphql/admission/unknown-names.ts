// Finds what is not in the schema: fields, arguments, types and fragments. Cheap, so that it can come before validation.
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
 * Validation walks with all its rules over a text, which takes ten times as long as parsing it, also where the last field
 * is wrong. Most texts that are wrong ask for something that is not there.
 *
 * @param document within all limits, so that the walk cannot be too deep
 * @returns the first node that cannot be valid; null where validation has to decide
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
    // Introspection has types of its own: validation knows them.
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
