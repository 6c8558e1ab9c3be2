// The client kit, `bird-conversations-client`: typed operations, cache rules and exhaustive matching of results.
import fragmentMatcher from "./__generated__/possible-types.ts";

export const { possibleTypes } = fragmentMatcher;
export { typePolicies } from "./__generated__/caches.ts";
export { getDataID, graphcacheKeys } from "./identity.ts";
export * from "./__generated__/operations.ts";
export { matchResult } from "./match-result.ts";
