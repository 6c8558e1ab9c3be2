// Measures the size of an operation in one walk over its document, in time linear in the text.
import {
  Kind,
  type ArgumentNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
  type VariableDefinitionNode,
} from "graphql";
import { fragmentsOf, type Fragments } from "../document.ts";
import { Comparisons, MergedField } from "./comparisons.ts";
import { holdTo, LimitExceeded, limits, type Limit } from "./limits.ts";

/** The number of items of the lists in variables, by variable. */
type Lists = ReadonlyMap<string, number>;

/** The measurements of a document that is within all limits. */
export type Measured = {
  /** Whether it is within the limits with every list that is within its own limit. */
  fitsAnyLists: boolean;
  /** The limit for the items of a list, by variable. */
  lists: ReadonlyMap<string, Limit>;
  /** Whether it has an introspection field. */
  introspects: boolean;
};

/** Measures a document. @returns the first limit that it exceeds, or its measurements */
export function measure(document: DocumentNode): Limit | Measured {
  return run(document, new Map());
}

/** Measures again with the lists in variables, which make an operation larger. @returns the limit they exceed, or null */
export function findExcessInLists(
  document: DocumentNode,
  measured: Measured,
  variables: Readonly<Record<string, unknown>>,
): Limit | null {
  const lengths = new Map<string, number>();
  for (const [name, limit] of measured.lists) {
    const list = variables[name];
    if (!Array.isArray(list)) continue;
    if (list.length > limits[limit]) return limit;
    lengths.set(name, list.length);
  }
  if (lengths.size === 0 || measured.fitsAnyLists) return null;
  const again = run(document, lengths);
  return typeof again === "string" ? again : null;
}

function run(document: DocumentNode, lengths: Lists): Limit | Measured {
  try {
    return new Measurement(document, lengths).run();
  } catch (error) {
    if (error instanceof LimitExceeded) return error.limit;
    throw error;
  }
}

/** The size of a selection set, fragments included. `most` counts resolved fields as if all lists had their largest size. */
type Size = { depth: number; rootFields: number; resolved: number; most: number };

/** The position of the walk: the merged field, the selection set, and the levels of braces and of inline fragments. */
type Place = { merged: MergedField; set: number; level: number; inline: number };

/** The limits that are counted over the whole text. */
type Counted = keyof typeof none;

const none = {
  operations: 0,
  variables: 0,
  variableUses: 0,
  fragments: 0,
  aliases: 0,
  directives: 0,
  introspections: 0,
};
const nothing: Size = { depth: 0, rootFields: 0, resolved: 0, most: 0 };

class Measurement {
  readonly #document: DocumentNode;
  readonly #fragments: Fragments;
  readonly #lengths: Map<string, number>;
  readonly #listTypes = new Set<string>();
  readonly #lists = new Map<string, Limit>();
  readonly #sizes = new Map<string, Size>();
  readonly #comparisons = new Comparisons();
  readonly #counts: Record<Counted, number> = { ...none };
  #sets = 0;
  #fitsAnyLists = true;

  constructor(document: DocumentNode, lengths: Lists) {
    this.#document = document;
    this.#fragments = fragmentsOf(document);
    this.#lengths = new Map(lengths);
  }

  run(): Measured {
    const operations: OperationDefinitionNode[] = [];
    for (const definition of this.#document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#count("fragments");
      if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
      this.#count("operations");
      this.#readVariables(definition.variableDefinitions ?? []);
      operations.push(definition);
    }
    for (const definition of this.#document.definitions)
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#measureFragment(definition, 0);
    for (const operation of operations) this.#measureOperation(operation);
    this.#comparisons.addFragments(this.#counts.fragments);
    const introspects = this.#counts.introspections > 0;
    return { fitsAnyLists: this.#fitsAnyLists, lists: this.#lists, introspects };
  }

  #readVariables(definitions: readonly VariableDefinitionNode[]): void {
    for (const { variable, type, defaultValue, directives } of definitions) {
      this.#count("variables");
      this.#walkDirectives(directives, 0);
      let level = 0;
      for (let inner = type; inner.kind !== Kind.NAMED_TYPE; inner = inner.type) {
        holdTo("nesting", ++level);
        if (inner.kind === Kind.LIST_TYPE) this.#listTypes.add(variable.name.value);
      }
      if (defaultValue === undefined) continue;
      this.#walkValue(defaultValue, 0);
      if (defaultValue.kind !== Kind.LIST) continue;
      const { value: name } = variable.name;
      this.#lengths.set(name, Math.max(this.#lengths.get(name) ?? 0, defaultValue.values.length));
    }
  }

  #measureOperation(operation: OperationDefinitionNode): void {
    this.#walkDirectives(operation.directives, 0);
    const place = { merged: new MergedField(), set: ++this.#sets, level: 0, inline: 0 };
    const size = this.#measureSet(operation.selectionSet, place);
    holdTo("rootFields", size.rootFields);
    this.#hold(size, "depth");
  }

  /** Measures each fragment once, however often it is spread, so that a chain of fragments cannot take exponential time. */
  #measureFragment(fragment: FragmentDefinitionNode, level: number): Size {
    const { value: name } = fragment.name;
    const known = this.#sizes.get(name);
    if (known !== undefined) return known;
    // A fragment that spreads itself counts as empty inside itself, which ends the recursion. Validation rejects the cycle.
    this.#sizes.set(name, nothing);
    this.#walkDirectives(fragment.directives, 0);
    const merged = this.#comparisons.inFragments;
    const place = { merged, set: ++this.#sets, level: level + 1, inline: 0 };
    const size = this.#measureSet(fragment.selectionSet, place);
    const describesSchema = fragment.typeCondition.name.value.startsWith("__");
    this.#hold(size, describesSchema ? "introspectionDepth" : "depth");
    this.#sizes.set(name, size);
    return size;
  }

  #measureSet(set: SelectionSetNode, place: Place): Size {
    holdTo("nesting", place.level);
    const total = { ...nothing };
    for (const selection of set.selections) {
      this.#walkDirectives(selection.directives, place.level);
      let size: Size;
      if (selection.kind === Kind.FIELD) size = this.#measureField(selection, place);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const inside = { ...place, level: place.level + 1, inline: place.inline + 1 };
        size = this.#measureSet(selection.selectionSet, inside);
      } else {
        const { value: name } = selection.name;
        this.#comparisons.addSpread(place.merged, name, place);
        const fragment = this.#fragments.get(name);
        size = fragment === undefined ? nothing : this.#measureFragment(fragment, place.level);
      }
      total.depth = Math.max(total.depth, size.depth);
      total.rootFields += size.rootFields;
      total.resolved += size.resolved;
      total.most += size.most;
    }
    return total;
  }

  #measureField(field: FieldNode, { merged, set, level, inline }: Place): Size {
    if (field.alias !== undefined) this.#count("aliases");
    const here = merged.fieldOf((field.alias ?? field.name).value);
    this.#comparisons.addField(here, set, inline);
    const { times, most } = this.#measureArguments(field.arguments, level);
    if (field.selectionSet === undefined) return leaf;
    const inside = { merged: here, set: ++this.#sets, level: level + 1, inline: 0 };
    const below = this.#measureSet(field.selectionSet, inside);
    if (isIntrospection(field)) {
      this.#count("introspections");
      holdTo("introspectionDepth", 1 + below.depth);
      return leaf;
    }
    return {
      depth: 1 + below.depth,
      rootFields: 1,
      resolved: 1 + times * below.resolved,
      most: 1 + most * below.most,
    };
  }

  /** @returns how often the fields below are resolved: with the given lists, and with the largest lists */
  #measureArguments(args: readonly ArgumentNode[] = [], level: number): { times: number; most: number } {
    let times = 1;
    let most = 1;
    for (const { name, value } of args) {
      const limit = name.value === "representations" ? "representations" : "listItems";
      let items = 0;
      let mostItems = 0;
      if (value.kind === Kind.LIST) mostItems = items = value.values.length;
      else if (value.kind === Kind.VARIABLE && this.#listTypes.has(value.name.value)) {
        items = this.#lengths.get(value.name.value) ?? 0;
        mostItems = limits[limit];
        if (limit === "listItems" || !this.#lists.has(value.name.value))
          this.#lists.set(value.name.value, limit);
      }
      holdTo(limit, items);
      times = Math.max(times, items);
      most = Math.max(most, mostItems);
      this.#walkValue(value, level);
    }
    return { times, most };
  }

  /** Checks the nesting of values and counts variables: the limit on tokens limits the number of other values. */
  #walkValue(value: ValueNode, level: number): void {
    if (value.kind === Kind.VARIABLE) this.#count("variableUses");
    if (value.kind !== Kind.LIST && value.kind !== Kind.OBJECT) return;
    holdTo("nesting", level + 1);
    if (value.kind === Kind.LIST) for (const item of value.values) this.#walkValue(item, level + 1);
    else for (const field of value.fields) this.#walkValue(field.value, level + 1);
  }

  #walkDirectives(directives: readonly DirectiveNode[] = [], level: number): void {
    for (const { arguments: args = [] } of directives) {
      this.#count("directives");
      for (const { value } of args) this.#walkValue(value, level);
    }
  }

  #hold(size: Size, depth: "depth" | "introspectionDepth"): void {
    holdTo(depth, size.depth);
    holdTo("resolvedFields", size.resolved);
    if (size.most > limits.resolvedFields) this.#fitsAnyLists = false;
  }

  #count(limit: Counted): void {
    this.#counts[limit] += 1;
    holdTo(limit, this.#counts[limit]);
  }
}

const leaf: Size = { depth: 1, rootFields: 1, resolved: 1, most: 1 };

function isIntrospection({ name }: FieldNode): boolean {
  return name.value === "__schema" || name.value === "__type";
}
