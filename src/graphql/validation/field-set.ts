// The fields and fragments of one selection set, as overlaps.ts compares them.
import type { FieldNode } from "graphql";
import { Invalid } from "./invalid.ts";
import type { KnownField, KnownType } from "./known-schema.ts";
import { isSameField } from "./same-field.ts";

/** A field that is selected in one set, once or several times. */
export type SelectedField = {
  /** Where it is selected first. */
  node: FieldNode;
  parent: KnownType;
  known: KnownField;
  /** The selection sets of all places where it is selected. */
  below: FieldSet | null;
  /** A field with the same response name and another parent. */
  next: SelectedField | null;
};

/** What is selected in one set, inline fragments included. */
export class FieldSet {
  /** By response name. */
  readonly fields = new Map<string, SelectedField>();
  /** The outermost sets of the fragments that are spread, by name. Most sets spread none. */
  spreads: Map<string, FieldSet> | null = null;
  /** Whether fields of several parents have one response name. */
  hasRepeats = false;
  /** Whether it is one of the sets to compare. */
  isListed = false;

  /** Adds a field. @throws Invalid where the field of this name and parent is another one */
  add(node: FieldNode, parent: KnownType, known: KnownField): SelectedField {
    const name = (node.alias ?? node.name).value;
    const first = this.fields.get(name) ?? null;
    for (let same = first; same !== null; same = same.next)
      if (same.parent === parent) {
        if (!isSameField(same.node, node)) throw new Invalid(node);
        return same;
      }
    const below = known.below === null ? null : new FieldSet();
    const field = { node, parent, known, below, next: first };
    this.fields.set(name, field);
    if (first !== null) this.hasRepeats = true;
    return field;
  }

  addSpread(name: string, fragment: FieldSet): void {
    this.spreads ??= new Map();
    this.spreads.set(name, fragment);
  }
}
