// Checks that fields with one response name can be merged (GraphQL specification, "Field Selection Merging").
import type { FieldNode } from "graphql";
import type { Doubts } from "./doubts.ts";
import type { FieldSet, SelectedField } from "./field-set.ts";
import type { KnownType } from "./known-schema.ts";
import { isSameField } from "./same-field.ts";
import { haveDifferentShapes } from "./shapes.ts";

/**
 * What is compared. Fields of different object types never occur in one object of the response. So only their types must
 * fit (`shapes`), and not their names and arguments (`values`).
 */
type Checks = { values: boolean; shapes: boolean };
const all: Checks = { values: true, shapes: true };

/** By response name. */
type FieldsByName = ReadonlyMap<string, SelectedField>;

/** The fragments that are spread in one place, with those that they spread. */
type Spread = {
  sets: readonly FieldSet[];
  /** A field of one that cannot be merged with a field of another one. */
  conflict: FieldNode | null;
};
const noSpread: Spread = { sets: [], conflict: null };

/**
 * Compares fields in groups, not in pairs: all that are merged into one field of the response, with the first of them.
 * A text can spread its fragments in many combinations, so only the fields in doubt are compared there.
 */
export class Overlaps {
  readonly #doubts: Doubts;
  readonly #spreads = new Map<string, Spread>();
  /** The fields of each fragment that are in doubt. */
  readonly #doubtful = new Map<FieldSet, FieldsByName>();

  /** @param doubts in texts with fragments, all fields must have been noted there. Fragments must not form cycles */
  constructor(doubts: Doubts) {
    this.#doubts = doubts;
  }

  /**
   * @param sets all that are not a fragment's own: a fragment is compared where it is spread
   * @returns a field that cannot be merged with another one, or null
   */
  findConflict(sets: readonly FieldSet[]): FieldNode | null {
    return firstOf(sets, (set) => this.#findInSet(set));
  }

  #findInSet(set: FieldSet): FieldNode | null {
    const { sets, conflict } = set.spreads === null ? noSpread : this.#findInSpread(set.spreads, all);
    if (conflict !== null) return conflict;
    return firstOf(set.fields, ([name, field]) => {
      if (set.spreads !== null && !this.#doubts.concern(name, field)) return null;
      return this.#compare([...withNext(field), ...fieldsOf(sets, name)], all);
    });
  }

  /** @param sets that are merged into one */
  #findInMerged(sets: readonly FieldSet[], checks: Checks): FieldNode | null {
    const spreads = new Map(sets.flatMap((set) => [...(set.spreads ?? [])]));
    const spread = spreads.size === 0 ? noSpread : this.#findInSpread(spreads, checks);
    if (spread.conflict !== null) return spread.conflict;
    return firstOf(groupByName(sets.map(({ fields }) => fields)), ([name, own]) =>
      this.#compare([...own, ...fieldsOf(spread.sets, name)], checks),
    );
  }

  /** @param spreads the fragments that are spread in one place */
  #findInSpread(spreads: ReadonlyMap<string, FieldSet>, checks: Checks): Spread {
    const key = [checks.values, checks.shapes, ...spreads.keys()].join();
    const known = this.#spreads.get(key);
    if (known !== undefined) return known;
    const found = new Set(spreads.values());
    for (const set of found) for (const below of set.spreads?.values() ?? []) found.add(below);
    const sets = [...found];
    const spread = { sets, conflict: this.#findAmong(sets, checks) };
    this.#spreads.set(key, spread);
    return spread;
  }

  /** @param fragments that are spread in one place */
  #findAmong(fragments: readonly FieldSet[], checks: Checks): FieldNode | null {
    const isAlone = fragments.length === 1 && fragments[0]?.hasRepeats !== true;
    if (isAlone) return null;
    const groups = groupByName(fragments.map((set) => this.#doubtfulFieldsOf(set)));
    return firstOf(groups.values(), (fields) => this.#compare(fields, checks));
  }

  #doubtfulFieldsOf(set: FieldSet): FieldsByName {
    const known = this.#doubtful.get(set);
    if (known !== undefined) return known;
    const fields = new Map<string, SelectedField>();
    for (const [name, field] of set.fields) if (this.#doubts.concern(name, field)) fields.set(name, field);
    this.#doubtful.set(set, fields);
    return fields;
  }

  /** @param fields with one response name */
  #compare(fields: readonly SelectedField[], checks: Checks): FieldNode | null {
    const [first] = fields;
    if (first === undefined || fields.length === 1) return null;
    const { values, shapes } = checks;
    if (fields.every(({ known }) => known === first.known))
      return (values ? findOther(fields) : null) ?? this.#compareBelow(fields, checks);
    const parts = values ? partsOf(fields) : [fields];
    const conflict = (shapes ? findOtherShape(fields) : null) ?? (values ? firstOf(parts, findOther) : null);
    if (conflict !== null) return conflict;
    const inParts = { values, shapes: shapes && parts.length === 1 };
    const below = firstOf(parts, (part) => this.#compareBelow(part, inParts));
    return (
      below ?? (shapes && parts.length > 1 ? this.#compareBelow(fields, { values: false, shapes }) : null)
    );
  }

  #compareBelow(fields: readonly SelectedField[], checks: Checks): FieldNode | null {
    if (fields[0]?.known.below === null) return null;
    const sets = fields.flatMap(({ below }) => below ?? []);
    // A set that is not merged with another one is compared alone.
    return sets.length > 1 ? this.#findInMerged(sets, checks) : null;
  }
}

/** The first result that is not null. */
function firstOf<Item>(items: Iterable<Item>, find: (item: Item) => FieldNode | null): FieldNode | null {
  for (const item of items) {
    const found = find(item);
    if (found !== null) return found;
  }
  return null;
}

/** The fields of several sets that have one response name. */
function fieldsOf(sets: readonly FieldSet[], name: string): SelectedField[] {
  return sets.flatMap(({ fields }) => withNext(fields.get(name) ?? null));
}

/** All fields of a set that have one response name. @param first the one that the set names */
function withNext(first: SelectedField | null): SelectedField[] {
  const fields = [];
  for (let field = first; field !== null; field = field.next) fields.push(field);
  return fields;
}

function groupByName(sets: readonly FieldsByName[]): ReadonlyMap<string, readonly SelectedField[]> {
  const groups = new Map<string, SelectedField[]>();
  for (const fields of sets)
    for (const [name, first] of fields) {
      const group = groups.get(name);
      if (group === undefined) groups.set(name, withNext(first));
      else
        for (let field: SelectedField | null = first; field !== null; field = field.next) group.push(field);
    }
  return groups;
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

function findOtherShape(fields: readonly SelectedField[]): FieldNode | null {
  const first = fields.find(({ known }) => known.type !== null)?.known;
  for (const { known, node } of fields)
    if (known !== first && known.type && first?.type && haveDifferentShapes(known.type, first.type))
      return node;
  return null;
}

/** @returns a field that is not the same as the first */
function findOther(fields: readonly SelectedField[]): FieldNode | null {
  const [first] = fields;
  for (const field of fields)
    if (first !== undefined && field !== first && !isSameField(first.node, field.node)) return field.node;
  return null;
}
