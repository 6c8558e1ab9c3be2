// Checks that the literals of a text fit the types of their places, and collects the variables between them.
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  type ArgumentNode,
  type ASTNode,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type ObjectFieldNode,
  type ValueNode,
  type VariableNode,
} from "graphql";
import { Invalid } from "./invalid.ts";
import { toKnownArguments, type KnownArguments } from "./known-schema.ts";

/** The place of a value. */
export type Place = {
  /** Undefined in an object that is a literal of a scalar. */
  type: GraphQLInputType | undefined;
  hasDefault: boolean;
  /** Whether it is within a literal of a scalar, which has been checked as a whole. */
  inScalar?: boolean;
};

export type VariableUse = { variable: VariableNode; place: Place };

/**
 * Checks a literal against the type of its place. Input objects of which exactly one field must be given are left to
 * graphql-js: the schema has none.
 *
 * @param uses gets the variables
 * @throws Invalid
 */
export function checkValue(node: ValueNode, place: Place, uses: VariableUse[]): void {
  const { type, inScalar = false } = place;
  if (node.kind === Kind.VARIABLE) uses.push({ variable: node, place });
  else if (node.kind === Kind.LIST) {
    const nullable = type && getNullableType(type);
    const isList = isListType(nullable);
    if (!isList && !inScalar) checkLeaf(node, nullable);
    const item: Place = {
      type: isList ? nullable.ofType : nullable,
      hasDefault: false,
      inScalar: inScalar || !isList,
    };
    for (const value of node.values) checkValue(value, item, uses);
  } else if (node.kind === Kind.OBJECT) {
    const named = type && getNamedType(type);
    if (isInputObjectType(named)) checkNamedValues(node.fields, knownFieldsOf(named), node, uses);
    else {
      if (!inScalar) checkLeaf(node, type);
      checkUnique(node.fields);
      for (const { value } of node.fields) checkValue(value, inObjectOfScalar, uses);
    }
  } else if (inScalar) return;
  else if (node.kind !== Kind.NULL) checkLeaf(node, type);
  else if (isNonNullType(type)) throw new Invalid(node);
}

const inObjectOfScalar: Place = { type: undefined, hasDefault: false, inScalar: true };

/**
 * Checks arguments, or the fields of an input object.
 *
 * @param of what they belong to
 * @param uses gets the variables
 * @throws Invalid
 */
export function checkNamedValues(
  values: readonly NamedValue[],
  { byName, required }: KnownArguments,
  of: ASTNode,
  uses: VariableUse[],
): void {
  let missing = required;
  for (const named of values) {
    const { value: name } = named.name;
    const place = byName.get(name);
    if (place === undefined) throw new Invalid(named);
    // Each value before has a known name and another one, so they are few.
    for (const before of values) {
      if (before === named) break;
      if (before.name.value === name) throw new Invalid(named);
    }
    if (place.isRequired) missing -= 1;
    checkValue(named.value, place, uses);
  }
  if (missing > 0) throw new Invalid(of);
}

type NamedValue = ArgumentNode | ObjectFieldNode;

const knownInputs = new WeakMap<GraphQLInputObjectType, KnownArguments>();

/** Derived once for each type, since a text can have thousands of objects. */
function knownFieldsOf(type: GraphQLInputObjectType): KnownArguments {
  let known = knownInputs.get(type);
  if (known === undefined) knownInputs.set(type, (known = toKnownArguments(Object.values(type.getFields()))));
  return known;
}

function checkUnique(fields: readonly ObjectFieldNode[]): void {
  const [first, second] = fields;
  // Most objects have two fields at most: they need no set.
  if (fields.length < 3 && (second === undefined || first?.name.value !== second.name.value)) return;
  const names = new Set<string>();
  for (const { name } of fields) {
    if (names.has(name.value)) throw new Invalid(name);
    names.add(name.value);
  }
}

/** The literals that a scalar of the specification takes. Int and Float are left to graphql-js, which reads their numbers. */
const literalsOf = new Map<string, readonly string[]>([
  ["String", [Kind.STRING]],
  ["ID", [Kind.STRING, Kind.INT]],
  ["Boolean", [Kind.BOOLEAN]],
]);

function checkLeaf(node: ValueNode, type: GraphQLInputType | undefined): void {
  if (type === undefined) return;
  const named = getNamedType(type);
  if (!isLeafType(named) || !accepts(named, node)) throw new Invalid(node);
}

function accepts(type: GraphQLLeafType, node: ValueNode): boolean {
  if (isEnumType(type)) return node.kind === Kind.ENUM && type.getValue(node.value) !== undefined;
  const literals = literalsOf.get(type.name);
  if (literals !== undefined) return literals.includes(node.kind);
  try {
    return type.parseLiteral(node) !== undefined;
  } catch {
    return false;
  }
}
