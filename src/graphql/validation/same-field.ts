// Compares two fields that have one response name and one parent.
import { Kind, type FieldNode, type ValueNode } from "graphql";

/** Whether two fields have the same name and the same arguments, so that they can be one field of the response. */
export function isSameField(one: FieldNode, other: FieldNode): boolean {
  if (one.name.value !== other.name.value) return false;
  const { arguments: ones = [] } = one;
  const { arguments: others = [] } = other;
  // Most fields have no arguments.
  return ones.length === 0 ? others.length === 0 : haveSameValues(ones, others);
}

type Named = { name: { value: string }; value: ValueNode };

/** Compares arguments, or the fields of objects. Their order does not matter. */
function haveSameValues(ones: readonly Named[], others: readonly Named[]): boolean {
  if (ones.length !== others.length) return false;
  const inOrder = ones.every(({ name }, at) => others[at]?.name.value === name.value);
  const byName = new Map(inOrder ? [] : others.map((other) => [other.name.value, other]));
  return ones.every(({ name, value }, at) => {
    const other = inOrder ? others[at] : byName.get(name.value);
    return other !== undefined && isSameValue(value, other.value);
  });
}

function isSameValue(one: ValueNode, other: ValueNode): boolean {
  if (one.kind === Kind.VARIABLE) return other.kind === Kind.VARIABLE && one.name.value === other.name.value;
  if (one.kind === Kind.NULL) return other.kind === Kind.NULL;
  if (one.kind === Kind.OBJECT) return other.kind === Kind.OBJECT && haveSameValues(one.fields, other.fields);
  if (one.kind === Kind.LIST) {
    if (other.kind !== Kind.LIST || one.values.length !== other.values.length) return false;
    return one.values.every((value, at) => {
      const same = other.values[at];
      return same !== undefined && isSameValue(value, same);
    });
  }
  if (one.kind === Kind.STRING)
    return (
      other.kind === Kind.STRING &&
      one.value === other.value &&
      (one.block === true) === (other.block === true)
    );
  return one.kind === other.kind && "value" in other && one.value === other.value;
}
