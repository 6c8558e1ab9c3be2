// The scalar JSON, for values from Bird. It has no parser, because the schema has no input of this type.
import { GraphQLScalarType } from "graphql";

export const JSON = new GraphQLScalarType({ name: "JSON" });
