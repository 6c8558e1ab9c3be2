// Keys that identify objects in client caches. Bird's `id` is not enough: one contact has the same id in every conversation.
import { embeddedTypes, identities } from "./__generated__/caches.ts";

type Fields = Readonly<Record<string, unknown>>;

const keyFields: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(identities));

/** A key for the object, or null where the query did not select all the fields that identify it. */
function keyOf(object: Fields, names: readonly string[]): string | null {
  const values = names.map((name) => object[name]);
  return values.every((value) => typeof value === "string") ? JSON.stringify(values) : null;
}

/**
 * The `keys` of urql's Graphcache. Without them Graphcache takes `id` for the key, and shows one conversation's status
 * in another one.
 */
export const graphcacheKeys: Readonly<Record<string, (object: Fields) => string | null>> = {
  ...Object.fromEntries(
    Object.entries(identities).map(([typename, names]) => [
      typename,
      (object: Fields) => keyOf(object, names),
    ]),
  ),
  ...Object.fromEntries(embeddedTypes.map((typename) => [typename, () => null])),
};

/**
 * The `getDataID` of Relay's `Store` and `Environment`. Without it Relay takes `id` for the key, and shows one
 * conversation's status in another one. Types that are not the gateway's keep Relay's own rule, `id`.
 *
 * @param object as it stands in the answer: under an alias a field is not found
 * @returns undefined where the query did not select all the fields that identify the object; Relay then keys it by its path in the query
 */
export function getDataID(object: Fields, typename: string): string | undefined {
  const names = keyFields.get(typename);
  if (names === undefined) return typeof object["id"] === "string" ? object["id"] : undefined;
  const key = keyOf(object, names);
  return key === null ? undefined : `${typename}:${key}`;
}
