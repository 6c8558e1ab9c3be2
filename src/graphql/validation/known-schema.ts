// The schema in the form that the quick validation reads: what each type and each directive may contain.
import {
  doTypesOverlap,
  getNamedType,
  isCompositeType,
  isObjectType,
  isRequiredArgument,
  TypeNameMetaFieldDef,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type DirectiveLocation,
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from "graphql";

type KnownArgument = { type: GraphQLInputType; hasDefault: boolean; isRequired: boolean };

/** The arguments of a field or of a directive, or the fields of an input object; and how many of them are required. */
export type KnownArguments = { byName: ReadonlyMap<string, KnownArgument>; required: number };

export type KnownField = KnownArguments & {
  /** Null for the fields of introspection, whose types graphql-js does not compare. */
  type: GraphQLOutputType | null;
  /** The type of a selection set below the field; null where there can be none. */
  below: KnownType | null;
};

export type KnownDirective = KnownArguments & {
  locations: ReadonlySet<DirectiveLocation>;
  isRepeatable: boolean;
};

/** An object type, an interface or a union. */
export class KnownType {
  readonly isObject: boolean;
  readonly fields = new Map<string, KnownField>();
  /** The types that an object of this type can also have. */
  readonly overlapping = new Set<KnownType>();

  constructor(isObject: boolean) {
    this.isObject = isObject;
  }
}

export class KnownSchema {
  readonly schema: GraphQLSchema;
  readonly types: ReadonlyMap<string, KnownType>;
  readonly directives: ReadonlyMap<string, KnownDirective>;

  constructor(schema: GraphQLSchema) {
    this.schema = schema;
    this.types = toKnownTypes(schema);
    this.directives = new Map(
      schema.getDirectives().map(({ name, args, locations, isRepeatable }) => {
        const known = { ...toKnownArguments(args), locations: new Set(locations), isRepeatable };
        return [name, known];
      }),
    );
  }
}

function toKnownTypes(schema: GraphQLSchema): ReadonlyMap<string, KnownType> {
  const composite = Object.values(schema.getTypeMap()).filter(isCompositeType);
  const types = new Map(composite.map((type) => [type.name, new KnownType(isObjectType(type))]));
  for (const type of composite) {
    const known = types.get(type.name);
    if (known === undefined) continue;
    for (const field of fieldsOf(type, schema)) known.fields.set(field.name, toKnownField(field, types));
    for (const other of composite) {
      const knownOther = types.get(other.name);
      if (knownOther !== undefined && doTypesOverlap(schema, type, other)) known.overlapping.add(knownOther);
    }
  }
  return types;
}

const metaFields: readonly GraphQLField<unknown, unknown>[] = [
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
];

function fieldsOf(type: GraphQLCompositeType, schema: GraphQLSchema): GraphQLField<unknown, unknown>[] {
  const own = "getFields" in type ? Object.values(type.getFields()) : [];
  return [...own, ...(type === schema.getQueryType() ? metaFields : [TypeNameMetaFieldDef])];
}

function toKnownField(
  field: GraphQLField<unknown, unknown>,
  types: ReadonlyMap<string, KnownType>,
): KnownField {
  return {
    ...toKnownArguments(field.args),
    type: metaFields.includes(field) ? null : field.type,
    below: types.get(getNamedType(field.type).name) ?? null,
  };
}

export function toKnownArguments(args: readonly (GraphQLArgument | GraphQLInputField)[]): KnownArguments {
  const byName = new Map(
    args.map((arg) => {
      const isRequired = isRequiredArgument(arg);
      return [arg.name, { type: arg.type, hasDefault: arg.defaultValue !== undefined, isRequired }];
    }),
  );
  return { byName, required: args.filter(isRequiredArgument).length };
}
