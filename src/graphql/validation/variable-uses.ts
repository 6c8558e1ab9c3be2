// Checks the variables of an operation: their definitions, and that each is used where its type fits.
import {
  getNullableType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from "graphql";
import { Invalid } from "./invalid.ts";
import { checkValue, type VariableUse } from "./literals.ts";

type DefinedVariable = {
  definition: VariableDefinitionNode;
  type: GraphQLInputType;
  /** Whether a default makes it never null where it is left out. */
  hasDefault: boolean;
  isUsed: boolean;
};

/** The variables that an operation defines. All methods throw Invalid. */
export class DefinedVariables {
  readonly #schema: GraphQLSchema;
  readonly #variables = new Map<string, DefinedVariable>();

  constructor(schema: GraphQLSchema, definitions: readonly VariableDefinitionNode[]) {
    this.#schema = schema;
    for (const definition of definitions) this.#define(definition);
  }

  #define(definition: VariableDefinitionNode): void {
    const { variable, defaultValue } = definition;
    const { value: name } = variable.name;
    if (this.#variables.has(name)) throw new Invalid(definition);
    const type = typeFromAST(this.#schema, definition.type);
    if (!isInputType(type)) throw new Invalid(definition.type);
    if (defaultValue !== undefined) checkValue(defaultValue, { type, hasDefault: false }, []);
    const hasDefault = defaultValue !== undefined && defaultValue.kind !== Kind.NULL;
    this.#variables.set(name, { definition, type, hasDefault, isUsed: false });
  }

  /** Checks that each use has a definition, whose type fits. */
  checkUses(uses: readonly VariableUse[]): void {
    for (const { variable, place } of uses) {
      const defined = this.#variables.get(variable.name.value);
      if (defined === undefined) throw new Invalid(variable);
      defined.isUsed = true;
      const { type } = place;
      if (type === undefined || type === defined.type) continue;
      const mayBeNull = !isNonNullType(defined.type) && (defined.hasDefault || place.hasDefault);
      if (!fits(defined.type, mayBeNull ? getNullableType(type) : type)) throw new Invalid(variable);
    }
  }

  /** Call it after all uses were checked, those in fragments included. */
  checkAllUsed(): void {
    for (const { definition, isUsed } of this.#variables.values()) if (!isUsed) throw new Invalid(definition);
  }
}

/** Whether every value of a variable's type is one of its place's type. */
function fits(type: GraphQLInputType, place: GraphQLInputType): boolean {
  if (isNonNullType(place)) return isNonNullType(type) && fits(type.ofType, place.ofType);
  if (isNonNullType(type)) return fits(type.ofType, place);
  if (isListType(place)) return isListType(type) && fits(type.ofType, place.ofType);
  return type === place;
}
