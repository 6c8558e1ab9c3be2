// Compares the types of two fields that have one response name.
import { isLeafType, isListType, isNonNullType, type GraphQLOutputType } from "graphql";

/** Whether a client that reads values of one type cannot read those of the other (GraphQL specification, "SameResponseShape"). */
export function haveDifferentShapes(one: GraphQLOutputType, other: GraphQLOutputType): boolean {
  if (isListType(one) || isListType(other))
    return !isListType(one) || !isListType(other) || haveDifferentShapes(one.ofType, other.ofType);
  if (isNonNullType(one) || isNonNullType(other))
    return !isNonNullType(one) || !isNonNullType(other) || haveDifferentShapes(one.ofType, other.ofType);
  return one !== other && (isLeafType(one) || isLeafType(other));
}
