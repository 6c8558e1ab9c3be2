// Finds variables whose names are probably misspelt: without ROUTER_SECRETS, for example, a gateway may be open.
import type { Environment } from "./given.ts";
import { rows } from "./variables.ts";

/** Shorter names are too similar to those of other programs. */
const MIN_LENGTH = 8;
/** The most characters to insert, delete or replace until a misspelt name is right. */
const MAX_EDITS = 2;

const names = rows.map(([name]) => name);

/** @returns a line for each variable; it does not contain the value */
export function findMisspelt(environment: Environment): string[] {
  return Object.keys(environment).flatMap((given) => {
    if (names.includes(given) || (environment[given]?.trim() ?? "") === "") return [];
    const meant = names.find((name) => name.length >= MIN_LENGTH && isNear(given.toUpperCase(), name));
    return meant === undefined ? [] : [`${given} is unknown and has no effect: ${meant} may be meant`];
  });
}

function isNear(given: string, name: string): boolean {
  return Math.abs(given.length - name.length) <= MAX_EDITS && editsBetween(given, name) <= MAX_EDITS;
}

/** The Levenshtein distance. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, character] of Array.from(from).entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (character === to[column - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
