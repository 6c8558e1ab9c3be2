// Finds the response names that do not mean the same everywhere in a text. Only these can be in conflict.
import type { FieldSet, SelectedField } from "./field-set.ts";
import { isSameField } from "./same-field.ts";
import { haveDifferentShapes } from "./shapes.ts";

/** A text in which every name means the same everywhere has no conflict, however its fragments are spread. */
export class Doubts {
  /** One field for each parent, by response name. */
  readonly #seen = new Map<string, SelectedField[]>();
  readonly #names = new Set<string>();
  readonly #within = new Map<FieldSet, boolean>();

  /** Compares a field with those of the same name that were selected elsewhere. */
  note(field: SelectedField): void {
    const { value: name } = field.node.alias ?? field.node.name;
    const seen = this.#seen.get(name);
    if (seen === undefined) this.#seen.set(name, [field]);
    else {
      if (seen.some((other) => areDifferent(field, other))) this.#names.add(name);
      if (!seen.some(({ parent }) => parent === field.parent)) seen.push(field);
    }
  }

  /** Call it after all fields were noted. @returns whether a field, or one below it, can be in conflict */
  concern(name: string, field: SelectedField): boolean {
    if (this.#names.size === 0) return false;
    if (this.#names.has(name)) return true;
    for (let one: SelectedField | null = field; one !== null; one = one.next)
      if (one.below !== null && this.#areWithin(one.below)) return true;
    return false;
  }

  #areWithin(set: FieldSet): boolean {
    const known = this.#within.get(set);
    if (known !== undefined) return known;
    let found = false;
    for (const [name, field] of set.fields) found ||= this.concern(name, field);
    for (const fragment of set.spreads?.values() ?? []) found ||= this.#areWithin(fragment);
    this.#within.set(set, found);
    return found;
  }
}

/** Whether two fields cannot be merged, whatever is selected below them. */
function areDifferent(one: SelectedField, other: SelectedField): boolean {
  if (one.known === other.known) return !isSameField(one.node, other.node);
  const { type } = one.known;
  if (type && other.known.type && haveDifferentShapes(type, other.known.type)) return true;
  // Fields of different object types never occur in one object of the response.
  const areExclusive = one.parent !== other.parent && one.parent.isObject && other.parent.isObject;
  return !areExclusive && !isSameField(one.node, other.node);
}
