// JSON: values that go out as they came in from Bird. The schema takes none as input.
import { GraphQLScalarType } from "graphql";

export const JSON = new GraphQLScalarType({ name: "JSON" });
