// The fields and fragments of one selection set, as overlaps.ts compares them.
import type { FieldNode } from "graphql";
import type { KnownField, KnownType } from "./known-schema.ts";

/** A field as it is selected in one place. */
export type SelectedField = {
  node: FieldNode;
  parent: KnownType;
  known: KnownField;
  below: FieldSet | null;
};

/** What is selected in one place, inline fragments included. */
export class FieldSet {
  readonly fields = new Map<string, SelectedField[]>();
  /** The names of the fragments that are spread. */
  readonly spreads: string[] = [];
  /** Whether several fields have one response name. */
  hasRepeats = false;
  /** Whether it was compared together with other selection sets. */
  isCompared = false;

  add(field: SelectedField): void {
    const name = (field.node.alias ?? field.node.name).value;
    const same = this.fields.get(name);
    if (same === undefined) this.fields.set(name, [field]);
    else {
      this.hasRepeats = true;
      same.push(field);
    }
  }
}
