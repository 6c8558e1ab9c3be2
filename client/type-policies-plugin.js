// A codegen plugin: by which fields a cache tells objects apart, read off the schema.
import { getNamedType, isNonNullType, isObjectType } from "graphql";

/** What has an `id` is told apart by all its non-null IDs together; what has none belongs to its parent. */
export function plugin(schema) {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const policies = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !roots.includes(type) && !/^_/.test(type.name))
    .map((type) => `  ${type.name}: { keyFields: ${keyFieldsOf(type)} },`);
  return `export const typePolicies = {\n${policies.join("\n")}\n} satisfies Record<string, { keyFields: false | string[] }>;\n`;
}

function keyFieldsOf(type) {
  const names = Object.values(type.getFields())
    .filter((field) => isNonNullType(field.type) && getNamedType(field.type).name === "ID")
    .map((field) => field.name);
  return names.includes("id") ? JSON.stringify(names) : "false";
}
