// Checks that fields with one response name can be merged (GraphQL specification, "Field Selection Merging").
import { isLeafType, isListType, isNonNullType, Kind, type GraphQLOutputType, type ValueNode } from "graphql";
import type { FieldSet, SelectedField } from "./field-set.ts";
import { Invalid } from "./invalid.ts";
import type { KnownType } from "./known-schema.ts";

/**
 * What is compared. Fields of different object types never occur in one object of the response. So only their types must
 * fit (`shapes`), and not their names and arguments (`values`).
 */
type Checks = { values: boolean; shapes: boolean };
const all: Checks = { values: true, shapes: true };

type Fields = ReadonlyMap<string, readonly SelectedField[]>;
const noFields: Fields = new Map();

/**
 * Compares fields in groups, not in pairs: all that are merged into one field of the response, with the first of them.
 * The fields that several fragments have together are found once for each list of fragments that is spread.
 */
export class Overlaps {
  readonly #fragments: ReadonlyMap<string, FieldSet>;
  readonly #unions = new Map<string, Fields>();

  /** @param fragments the outermost selection set of each; they must not form cycles */
  constructor(fragments: ReadonlyMap<string, FieldSet>) {
    this.#fragments = fragments;
  }

  /**
   * @param sets a set stands after those within it
   * @throws Invalid
   */
  check(sets: readonly FieldSet[]): void {
    // Outer sets first: with a set, the sets within it are compared that are merged there.
    for (const set of sets.toReversed()) if (!set.isCompared) this.#checkGroup([set], all);
  }

  /** @param sets that are merged into one */
  #checkGroup(sets: readonly FieldSet[], checks: Checks): void {
    if (checks.values) for (const set of sets) set.isCompared = true;
    const fields = fieldsOf(sets);
    const spreads = new Set(sets.flatMap((set) => set.spreads));
    const others = spreads.size === 0 ? noFields : this.#unionOf(spreads, checks);
    for (const [name, own] of fields) {
      const same = others.get(name);
      if (same !== undefined) this.#compare([...own, ...same], checks);
      else if (own.length > 1) this.#compare(own, checks);
    }
  }

  /** The fields of fragments that are spread in one place, and of those that they spread. They are compared with each other. */
  #unionOf(spreads: ReadonlySet<string>, checks: Checks): Fields {
    const key = [checks.values, checks.shapes, ...spreads].join();
    const known = this.#unions.get(key);
    if (known !== undefined) return known;
    const names = new Set(spreads);
    const sets: FieldSet[] = [];
    for (const name of names) {
      const set = this.#fragments.get(name);
      if (set === undefined) continue;
      sets.push(set);
      if (checks.values) set.isCompared = true;
      for (const spread of set.spreads) names.add(spread);
    }
    const union = fieldsOf(sets);
    this.#unions.set(key, union);
    for (const fields of union.values()) if (fields.length > 1) this.#compare(fields, checks);
    return union;
  }

  /** @param fields with one response name */
  #compare(fields: readonly SelectedField[], checks: Checks): void {
    const { values, shapes } = checks;
    if (shapes) checkShapes(fields);
    const parts = values ? partsOf(fields) : [fields];
    if (values) for (const part of parts) checkSame(part);
    for (const part of parts) this.#compareBelow(part, { values, shapes: shapes && parts.length === 1 });
    if (shapes && parts.length > 1) this.#compareBelow(fields, { values: false, shapes });
  }

  #compareBelow(fields: readonly SelectedField[], checks: Checks): void {
    if (fields[0]?.known.below === null) return;
    const sets = fields.flatMap(({ below }) => below ?? []);
    // A set that is not merged with another one is compared alone.
    if (sets.length > 1) this.#checkGroup(sets, checks);
  }
}

function fieldsOf(sets: readonly FieldSet[]): Fields {
  const [first] = sets;
  if (first !== undefined && sets.length === 1) return first.fields;
  const fields = new Map<string, SelectedField[]>();
  for (const set of sets)
    for (const [name, own] of set.fields) {
      const same = fields.get(name);
      if (same === undefined) fields.set(name, [...own]);
      else same.push(...own);
    }
  return fields;
}

/** Divides fields by their parents, where these are different object types. Fields of other types belong to all parts. */
function partsOf(fields: readonly SelectedField[]): readonly (readonly SelectedField[])[] {
  const [first] = fields;
  if (fields.every(({ parent }) => parent === first?.parent)) return [fields];
  const parts = new Map<KnownType, SelectedField[]>();
  for (const field of fields)
    if (field.parent.isObject) {
      const part = parts.get(field.parent);
      if (part === undefined) parts.set(field.parent, [field]);
      else part.push(field);
    }
  if (parts.size < 2) return [fields];
  const shared = fields.filter(({ parent }) => !parent.isObject);
  return [...parts.values()].map((part) => [...part, ...shared]);
}

function checkShapes(fields: readonly SelectedField[]): void {
  const first = fields.find(({ known }) => known.type !== null)?.known;
  for (const { known, node } of fields)
    if (known !== first && known.type && first?.type && haveDifferentShapes(known.type, first.type))
      throw new Invalid(node);
}

function haveDifferentShapes(one: GraphQLOutputType, other: GraphQLOutputType): boolean {
  if (isListType(one) || isListType(other))
    return !isListType(one) || !isListType(other) || haveDifferentShapes(one.ofType, other.ofType);
  if (isNonNullType(one) || isNonNullType(other))
    return !isNonNullType(one) || !isNonNullType(other) || haveDifferentShapes(one.ofType, other.ofType);
  return one !== other && (isLeafType(one) || isLeafType(other));
}

function checkSame(fields: readonly SelectedField[]): void {
  const [first] = fields;
  for (const field of fields)
    if (first !== undefined && field !== first && !isSame(first, field)) throw new Invalid(field.node);
}

function isSame({ node: one }: SelectedField, { node: other }: SelectedField): boolean {
  if (one.name.value !== other.name.value) return false;
  const { arguments: ones = [] } = one;
  const { arguments: others = [] } = other;
  return haveSameValues(ones, others);
}

type Named = { name: { value: string }; value: ValueNode };

/** Compares arguments, or the fields of objects. Their order says nothing. */
function haveSameValues(ones: readonly Named[], others: readonly Named[]): boolean {
  if (ones.length !== others.length) return false;
  const inOrder = ones.every(({ name }, at) => others[at]?.name.value === name.value);
  const byName = new Map(inOrder ? [] : others.map((other) => [other.name.value, other]));
  return ones.every(({ name, value }, at) => {
    const other = inOrder ? others[at] : byName.get(name.value);
    return other !== undefined && isSameValue(value, other.value);
  });
}

function isSameValue(one: ValueNode, other: ValueNode): boolean {
  if (one.kind === Kind.VARIABLE) return other.kind === Kind.VARIABLE && one.name.value === other.name.value;
  if (one.kind === Kind.NULL) return other.kind === Kind.NULL;
  if (one.kind === Kind.OBJECT) return other.kind === Kind.OBJECT && haveSameValues(one.fields, other.fields);
  if (one.kind === Kind.LIST) {
    if (other.kind !== Kind.LIST || one.values.length !== other.values.length) return false;
    return one.values.every((value, at) => {
      const same = other.values[at];
      return same !== undefined && isSameValue(value, same);
    });
  }
  if (one.kind === Kind.STRING)
    return (
      other.kind === Kind.STRING &&
      one.value === other.value &&
      (one.block === true) === (other.block === true)
    );
  return one.kind === other.kind && "value" in other && one.value === other.value;
}
