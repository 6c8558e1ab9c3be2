// A codegen plugin: what client caches must know about the schema. It reads the schema and writes __generated__/caches.ts.
import { getNamedType, getNullableType, isListType, isNonNullType, isObjectType, isUnionType } from "graphql";

/**
 * The argument is the whole schema, so a type that is added to it is known to the caches after `npm run codegen`.
 *
 * @param {import("graphql").GraphQLSchema} schema
 */
export function plugin(schema) {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const objects = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter((type) => !type.name.startsWith("_"));
  const types = objects.filter((type) => !roots.includes(type));
  const entities = types.filter((type) => keyFieldsOf(type).length > 0);
  const embedded = types.filter((type) => keyFieldsOf(type).length === 0);
  const policies = objects
    .filter((type) => type !== schema.getMutationType())
    .map((type) => `  ${type.name}: { ${policyOf(type, roots)} },`);
  return `import { keyedBy, mergeItems, readUnlessTemporary } from "../apollo-cache.ts";

/** The fields that identify an object together, by type. */
export const identities = {
${entities.map((type) => `  ${type.name}: ${JSON.stringify(keyFieldsOf(type))},`).join("\n")}
} as const;

/** The types without an identity: their objects belong to the object or field that holds them. */
export const embeddedTypes = ${JSON.stringify(embedded.map(({ name }) => name))} as const;

/** For Apollo Client's InMemoryCache. */
export const typePolicies = {
${policies.join("\n")}
} as const;
`;
}

/**
 * A type with a non-null `id` is identified by all its non-null IDs together: Bird's `id` is not unique without the others.
 *
 * @param {import("graphql").GraphQLObjectType} type
 */
function keyFieldsOf(type) {
  const names = Object.values(type.getFields())
    .filter((field) => isNonNullType(field.type) && getNamedType(field.type).name === "ID")
    .map((field) => field.name);
  return names.includes("id") ? names : [];
}

/**
 * @param {import("graphql").GraphQLObjectType} type
 * @param {unknown[]} roots
 */
function policyOf(type, roots) {
  const keyFields = keyFieldsOf(type);
  const identity = keyFields.length > 0 ? `keyedBy(${JSON.stringify(keyFields)})` : "false";
  const fields = Object.values(type.getFields()).flatMap((field) => fieldPolicyOf(field));
  return [
    ...(roots.includes(type) ? [] : [`keyFields: ${identity}`, "merge: true"]),
    ...(fields.length > 0 ? [`fields: { ${fields.join(", ")} }`] : []),
  ].join(", ");
}

/**
 * With both `read` and `merge` a field needs `keyArgs`: without them Apollo Client ignores all its arguments.
 *
 * @param {import("graphql").GraphQLField<unknown, unknown>} field
 */
function fieldPolicyOf(field) {
  const named = getNamedType(field.type);
  const isList = isListType(getNullableType(field.type));
  const isEmbedded = isResult(named) || (isObjectType(named) && keyFieldsOf(named).length === 0);
  const keyArgs = `keyArgs: ${JSON.stringify(field.args.map(({ name }) => name))}`;
  const policy = [
    ...(isResult(named) ? [keyArgs, "read: readUnlessTemporary"] : []),
    ...(isList && isEmbedded ? ["merge: mergeItems"] : []),
  ];
  return policy.length > 0 ? [`${field.name}: { ${policy.join(", ")} }`] : [];
}

/**
 * Whether a field can end in a failure.
 *
 * @param {import("graphql").GraphQLNamedType} type
 */
function isResult(type) {
  return (
    isUnionType(type) &&
    type.getTypes().some((member) => member.getInterfaces().some(({ name }) => name === "BirdError"))
  );
}
