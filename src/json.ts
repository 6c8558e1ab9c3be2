// JSON as the gateway passes it through: what Bird sent in `details`, made safe to hold and to print.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type JsonObject = Record<string, unknown>;

const MAX_DEPTH = 32;
const MAX_BYTES = 16 * 1024;

/** True for what JSON calls an object: not null, not an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Copies parsed JSON of unknown origin so that it can be handed to a caller.
 *
 * @returns null where there is nothing, or more than 32 levels or 16 kB of it: printing JSON nested thousands deep
 *   overflows the stack. `__proto__` keys are left out, since a consumer's `Object.assign` would act on them.
 */
export function toSafeJson(value: unknown): Json {
  const copy = copyJson(value, MAX_DEPTH);
  if (copy === undefined || copy === null) return null;
  return Buffer.byteLength(JSON.stringify(copy)) > MAX_BYTES ? null : copy;
}

/** A copy of `value`, or undefined when it is deeper than `levels`. */
function copyJson(value: unknown, levels: number): Json | undefined {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (typeof value !== "object" || levels === 0) return undefined;
  if (Array.isArray(value)) {
    const items: Json[] = [];
    for (const item of value) {
      const copy = copyJson(item, levels - 1);
      if (copy === undefined) return undefined;
      items.push(copy);
    }
    return items;
  }
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    if (key === "__proto__") continue;
    const copy = copyJson(item, levels - 1);
    if (copy === undefined) return undefined;
    entries.push([key, copy]);
  }
  return Object.fromEntries(entries);
}
