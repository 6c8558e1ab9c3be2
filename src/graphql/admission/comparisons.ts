// Counts the pairs of fields that validation compares, so that an operation with too many pairs is rejected before that.
import { holdTo } from "./limits.ts";

/**
 * All fields that are merged into one field of the response. graphql-js compares every pair of them
 * ("OverlappingFieldsCanBeMerged"), so a short text could take seconds.
 */
export class MergedField {
  /** How many fields are merged here. */
  count = 0;
  /** How many fragments are spread in the selection sets of this field. */
  spreads = 0;
  /** The last selection set with this field, and how often the field occurs in it. */
  set = 0;
  inSet = 0;
  #fields: Map<string, MergedField> | null = null;

  /** The fields below, by response name. */
  get fields(): ReadonlyMap<string, MergedField> {
    return this.#fields ?? noFields;
  }

  fieldOf(name: string): MergedField {
    const known = this.#fields?.get(name);
    if (known !== undefined) return known;
    const field = new MergedField();
    // Most fields have no fields below, so they need no map.
    this.#fields ??= new Map();
    this.#fields.set(name, field);
    return field;
  }
}

const noFields: ReadonlyMap<string, MergedField> = new Map();

/** Counts comparisons while a document is walked. All methods throw LimitExceeded. */
export class Comparisons {
  #count = 0;
  /** The fields of all fragments, counted as if merged, since any two fragments may be spread in the same selection set. */
  readonly inFragments = new MergedField();
  /** The merged fields with a spread below: their other fields are compared with those of the fragments. */
  readonly #spreading = new Set<MergedField>();

  /**
   * Adds a field to the merged field of its name.
   *
   * @param set the selection set that it is in
   * @param inline levels of inline fragments around it: validation compares it once more for each level
   */
  addField(field: MergedField, set: number, inline: number): void {
    this.#add(field.count * (1 + inline));
    field.count += 1;
    if (field.set !== set) field.inSet = 0;
    field.set = set;
    field.inSet += 1;
    holdTo("repetitions", field.inSet);
  }

  /**
   * Adds a fragment spread.
   *
   * @param merged the field below which the fragment is spread
   * @param name of the fragment
   */
  addSpread(merged: MergedField, name: string, { set, inline }: { set: number; inline: number }): void {
    this.addField(merged.fieldOf(`...${name}`), set, inline);
    this.#spreading.add(merged);
    this.#add(merged.spreads);
    merged.spreads += 1;
  }

  /** Call it after all fields were added: counts the comparisons of the fields beside a spread with those of the fragments. */
  addFragments(fragments: number): void {
    for (const merged of this.#spreading) {
      this.#add(merged.fields.size * fragments);
      this.#addPairs(merged, this.inFragments);
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
