// What validation has to compare: every two fields that are merged into one field of the answer, through fragments too.
import { holdTo } from "./limits.ts";

/**
 * All fields of one place in the answer. graphql-js compares every two of them ("OverlappingFieldsCanBeMerged"), so that a
 * short text could cost it seconds.
 */
export class MergedField {
  /** How many fields are merged here. */
  count = 0;
  /** How many fragments are spread below. */
  spreads = 0;
  readonly fields = new Map<string, MergedField>();
  /** The selection set that was counted last, and how often this field stands in it. */
  set = 0;
  inSet = 0;

  fieldOf(name: string): MergedField {
    const known = this.fields.get(name);
    if (known !== undefined) return known;
    const field = new MergedField();
    this.fields.set(name, field);
    return field;
  }
}

/** Counts comparisons, as fields are found. All methods throw LimitExceeded. */
export class Comparisons {
  #count = 0;
  /** Any two fragments may be spread in one place, so the fields of all of them are merged here. */
  readonly inFragments = new MergedField();
  /** Where fragments are spread: what stands there is compared with the fragments. */
  readonly #spreading = new Set<MergedField>();

  /** @param inline levels of inline fragments around the field: each of them is compared for itself, too */
  addField(field: MergedField, set: number, inline: number): void {
    this.#add(field.count * (1 + inline));
    field.count += 1;
    if (field.set !== set) field.inSet = 0;
    field.set = set;
    field.inSet += 1;
    holdTo("repetitions", field.inSet);
  }

  /** @param set the selection set in which the fragment is spread */
  addSpread(place: MergedField, name: string, { set, inline }: { set: number; inline: number }): void {
    this.addField(place.fieldOf(`...${name}`), set, inline);
    this.#spreading.add(place);
    this.#add(place.spreads);
    place.spreads += 1;
  }

  /** Once all fields are known: those beside a spread are compared with those of the fragments. */
  addFragments(fragments: number): void {
    for (const place of this.#spreading) {
      this.#add(place.fields.size * fragments);
      this.#addPairs(place, this.inFragments);
    }
  }

  #addPairs(one: MergedField, other: MergedField): void {
    for (const [name, field] of one.fields) {
      const same = other.fields.get(name);
      this.#add(1);
      if (same === undefined) continue;
      this.#add(field.count * same.count);
      this.#addPairs(field, same);
    }
  }

  #add(more: number): void {
    this.#count += more;
    holdTo("comparisons", this.#count);
  }
}
