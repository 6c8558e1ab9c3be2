// How large an operation may be: in its text, and with the lists that its variables bring.

/** A hundred aliased lookups with every field and every error's fields written out fit in with room to spare. */
export const limits = {
  tokens: 12_000,
  /** Levels of fields. */
  depth: 15,
  /** The fields `__schema` and `__type` in the text. */
  introspections: 5,
  /** Levels of fields from `__schema` or `__type` down: the standard introspection query has 15. */
  introspectionDepth: 25,
  /** Levels of braces and brackets, inline fragments included. */
  nesting: 60,
  rootFields: 100,
  aliases: 500,
  directives: 100,
  operations: 10,
  variables: 500,
  fragments: 100,
  /** One name in one selection set. */
  repetitions: 20,
  /** Pairs of fields of one name, also in fragments: validation compares every two that may be merged. */
  comparisons: 20_000,
  /** In one argument: the identifiers of a list, for one. */
  listItems: 100,
  /** The most a router can be allowed; what it is allowed, router-requests.ts holds. */
  representations: 10_000,
  /** Fields that may be resolved, where a list of n items counts what stands below it n times. */
  resolvedFields: 20_000,
};

export type Limit = keyof typeof limits;

/** Ends a measurement: what is too large is not measured to its end. */
export class LimitExceeded extends Error {
  readonly limit: Limit;

  constructor(limit: Limit) {
    super();
    this.limit = limit;
  }
}

/** @throws LimitExceeded */
export function holdTo(limit: Limit, amount: number): void {
  if (amount > limits[limit]) throw new LimitExceeded(limit);
}
