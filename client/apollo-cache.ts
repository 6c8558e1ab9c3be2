// What the type policies for Apollo Client's cache do: identify objects, and never serve a temporary failure.

/** A temporary failure: after a wait, a login or a repair the same request may succeed. */
const temporaryFailures: ReadonlySet<unknown> = new Set([
  "AccessDeniedError",
  "RateLimitedError",
  "UpstreamError",
]);

type KeyContext = { readField: (name: string) => unknown };

/**
 * Identifies an object by these fields together where the query selects all of them. An object without one of them
 * stays with the field that holds it: it is shown, but an update elsewhere does not reach it.
 *
 * @param fields as Apollo Client's `keyFields`; a plain list there throws when the query does not select all of them
 */
export function keyedBy(fields: readonly string[]) {
  return (_object: unknown, { readField }: KeyContext): readonly string[] | false =>
    fields.every((name) => readField(name) !== undefined) ? fields : false;
}

/**
 * Reads a result, or a list of results, from the cache. With nothing but temporary failures in it the field counts as
 * missing, so `cache-first` asks the gateway again. The query that received the failures still shows them.
 *
 * A list that also holds other results is read as it is: for a missing field, Apollo Client would not notify a component
 * that a participant in it was updated.
 */
export function readUnlessTemporary(existing: unknown): unknown {
  const results: readonly unknown[] = Array.isArray(existing) ? existing : [existing];
  return results.length > 0 && results.every(isTemporaryFailure) ? undefined : existing;
}

type MergeContext = { mergeObjects: (existing: never, incoming: never) => unknown };

/**
 * Merges two lists item by item. Apollo Client does so only on request, since items at one index need not belong
 * together. Here they do: item n answers identifier n, or says what is wrong with the same input.
 */
export function mergeItems(
  existing: readonly never[] | null | undefined,
  incoming: readonly never[],
  { mergeObjects }: MergeContext,
): readonly unknown[] {
  if (existing?.length !== incoming.length) return incoming;
  return incoming.map((item, index) => mergeObjects(existing[index] as never, item));
}

/** A failure has no identity, so the cache holds the object itself and never a reference to it. */
function isTemporaryFailure(result: unknown): boolean {
  return (
    typeof result === "object" &&
    result !== null &&
    "__typename" in result &&
    temporaryFailures.has(result.__typename)
  );
}
