// The limits on the size of an operation: of its text, and of the lists in its variables.

/** An operation with a hundred aliased lookups that selects every field of every member stays well within all limits. */
export const limits = {
  /** Lexical tokens of the text, comments left out. */
  tokens: 10_500,
  /** Levels of fields. */
  depth: 15,
  /** How many fields `__schema` and `__type` the text may have. */
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
  /** How often variables may be used: graphql-js gives a text up when its operations use too many through fragments. */
  variableUses: 2_000,
  fragments: 100,
  /** How often one name may occur in one selection set. */
  repetitions: 20,
  /** Pairs of fields that validation compares, those in fragments included. */
  comparisons: 20_000,
  /** Items of a list in one argument, such as `identifiers`. */
  listItems: 100,
  /** The upper bound of the limit for routers that is configured: see router-requests.ts. */
  representations: 10_000,
  /** Fields that may be resolved. The fields below a list of n items count n times. */
  resolvedFields: 20_000,
};

/** The name of a limit, as callers see it. */
export type Limit = keyof typeof limits;

/** Thrown to end a measurement as soon as a limit is exceeded. */
export class LimitExceeded extends Error {
  readonly limit: Limit;

  constructor(limit: Limit) {
    super();
    this.limit = limit;
  }
}

/** Checks an amount against its limit. @throws LimitExceeded */
export function holdTo(limit: Limit, amount: number): void {
  if (amount > limits[limit]) throw new LimitExceeded(limit);
}
