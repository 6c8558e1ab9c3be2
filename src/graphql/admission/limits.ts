// How large an operation may be, found out from its text and variables alone: before it is validated or executed.
import {
  Kind,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from "graphql";

/** A hundred aliased lookups with every field and every error's fields written out fit in with room to spare. */
export const limits = {
  tokens: 15_000,
  /** Levels of fields. GraphiQL's introspection needs 15. */
  depth: 15,
  rootFields: 100,
  aliases: 500,
  directives: 100,
  fragments: 100,
  /** One name in one selection set: validation compares every two of them. */
  repetitions: 20,
  /** In one argument: the identifiers of a list, for one. */
  listItems: 100,
  /** The most a router can be allowed; what it is allowed, router-requests.ts holds. */
  representations: 10_000,
  /** Fields that may be resolved, where a list of n items counts what stands below it n times. */
  resolvedFields: 20_000,
};

type Variables = Readonly<Record<string, unknown>>;
/** The number of items, by variable. */
type Lists = ReadonlyMap<string, number>;
/** What a selection set comes to, fragments included. */
type Size = { depth: number; rootFields: number; resolvedFields: number };

/** @returns the limit that the document exceeds, or null */
export function findExcess(document: DocumentNode, variables: Variables): keyof typeof limits | null {
  const lists = measureLists(document, variables);
  // Depth first: what follows may then walk down without fear.
  return findExcessiveWork(document, lists) ?? findExcessiveText(document, lists);
}

/** How long the lists in variables are: as given, or by default, whichever is longer. */
function measureLists(document: DocumentNode, variables: Variables): Lists {
  const lists = new Map<string, number>();
  for (const [name, value] of Object.entries(variables))
    if (Array.isArray(value)) lists.set(name, value.length);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const { variable, defaultValue } of definition.variableDefinitions ?? []) {
      const { value: name } = variable.name;
      if (defaultValue?.kind === Kind.LIST)
        lists.set(name, Math.max(lists.get(name) ?? 0, defaultValue.values.length));
    }
  }
  return lists;
}

function findExcessiveText(document: DocumentNode, lists: Lists): keyof typeof limits | null {
  let excess: keyof typeof limits | null = null;
  const counts = { aliases: 0, directives: 0, fragments: 0 };
  const count = (what: keyof typeof counts) => {
    counts[what] += 1;
    if (counts[what] > limits[what]) excess = what;
  };
  visit(document, {
    Field: (node) => {
      if (node.alias !== undefined) count("aliases");
    },
    Directive: () => {
      count("directives");
    },
    FragmentDefinition: () => {
      count("fragments");
    },
    SelectionSet: (node) => {
      if (mostRepetitions(node) > limits.repetitions) excess = "repetitions";
    },
    Argument: (node) => {
      const limit = node.name.value === "representations" ? "representations" : "listItems";
      if (itemsOf(node, lists) > limits[limit]) excess = limit;
    },
  });
  return excess;
}

/** How often the most frequent name of the answer stands in a selection set, inline fragments opened. */
function mostRepetitions(set: SelectionSetNode, times = new Map<string, number>()): number {
  for (const selection of set.selections) {
    if (selection.kind === Kind.INLINE_FRAGMENT) mostRepetitions(selection.selectionSet, times);
    else {
      const name =
        selection.kind === Kind.FIELD
          ? (selection.alias ?? selection.name).value
          : `...${selection.name.value}`;
      times.set(name, (times.get(name) ?? 0) + 1);
    }
  }
  return Math.max(0, ...times.values());
}

function findExcessiveWork(document: DocumentNode, lists: Lists): keyof typeof limits | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measure = createMeasure(fragments, lists);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = measure(definition.selectionSet, 0);
    if (size.rootFields > limits.rootFields) return "rootFields";
    if (size.depth > limits.depth) return "depth";
    if (size.resolvedFields > limits.resolvedFields) return "resolvedFields";
  }
  return null;
}

/** Each fragment is measured once, however often it is spread: a chain of doublings costs no time here. */
function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>, lists: Lists) {
  const measured = new Map<string, Size>();

  const measureFragment = (name: string, level: number): Size => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const fragment = fragments.get(name);
    // What a fragment spreads inside itself counts nothing: validation refuses the cycle.
    measured.set(name, nothing);
    const size = fragment === undefined ? nothing : measure(fragment.selectionSet, level + 1);
    measured.set(name, size);
    return size;
  };

  const measureField = (field: FieldNode, level: number): Size => {
    const below = field.selectionSet === undefined ? nothing : measure(field.selectionSet, level + 1);
    const times = Math.max(1, ...(field.arguments ?? []).map((argument) => itemsOf(argument, lists)));
    return { depth: 1 + below.depth, rootFields: 1, resolvedFields: 1 + times * below.resolvedFields };
  };

  /** @param level how deep the recursion is, inline fragments included: it ends however deep the text goes */
  const measure = (set: SelectionSetNode, level: number): Size => {
    if (level > 4 * limits.depth) return { ...nothing, depth: Infinity };
    const sizes = set.selections.map((selection) => {
      if (selection.kind === Kind.FIELD) return measureField(selection, level);
      if (selection.kind === Kind.INLINE_FRAGMENT) return measure(selection.selectionSet, level + 1);
      return measureFragment(selection.name.value, level);
    });
    return sizes.reduce(combine, nothing);
  };
  return measure;
}

const nothing: Size = { depth: 0, rootFields: 0, resolvedFields: 0 };

function combine(one: Size, other: Size): Size {
  return {
    depth: Math.max(one.depth, other.depth),
    rootFields: one.rootFields + other.rootFields,
    resolvedFields: one.resolvedFields + other.resolvedFields,
  };
}

/** How many items an argument's list has; 0 where it is none. */
function itemsOf({ value }: ArgumentNode, lists: Lists): number {
  if (value.kind === Kind.LIST) return value.values.length;
  return value.kind === Kind.VARIABLE ? (lists.get(value.name.value) ?? 0) : 0;
}
