// Checks the selection sets of one definition against the schema, in one walk over it.
import {
  DirectiveLocation,
  Kind,
  type ArgumentNode,
  type ASTNode,
  type DirectiveNode,
  type FieldNode,
  type NamedTypeNode,
  type SelectionSetNode,
} from "graphql";
import { FieldSet } from "./field-set.ts";
import { Invalid } from "./invalid.ts";
import type { KnownArguments, KnownSchema, KnownType } from "./known-schema.ts";
import { checkValue, type VariableUse } from "./literals.ts";

/** The composite type of a fragment. @throws Invalid where it is none, or unknown */
export function typeOf({ types }: KnownSchema, condition: NamedTypeNode): KnownType {
  const type = types.get(condition.name.value);
  if (type === undefined) throw new Invalid(condition);
  return type;
}

/** What the selection sets of a definition contain. All methods throw Invalid at the first mistake. */
export class Selections {
  readonly #known: KnownSchema;
  readonly #fragments: ReadonlyMap<string, KnownType>;
  readonly root = new FieldSet();
  /** The sets with repeated fields or with spreads. An outer set stands after those within it. */
  readonly overlapping: FieldSet[] = [];
  readonly spreads = new Set<string>();
  readonly uses: VariableUse[] = [];

  /** @param fragments the types of the text's fragments, by name */
  constructor(known: KnownSchema, fragments: ReadonlyMap<string, KnownType>) {
    this.#known = known;
    this.#fragments = fragments;
  }

  check(set: SelectionSetNode, parent: KnownType): void {
    this.#checkSet(set, parent, this.root);
    this.#close(this.root);
  }

  #checkSet({ selections }: SelectionSetNode, parent: KnownType, into: FieldSet): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#checkField(selection, parent, into);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, directives, selectionSet } = selection;
        const type = typeCondition === undefined ? parent : typeOf(this.#known, typeCondition);
        if (!parent.overlapping.has(type)) throw new Invalid(selection);
        this.checkDirectives(directives, DirectiveLocation.INLINE_FRAGMENT);
        this.#checkSet(selectionSet, type, into);
      } else {
        const { value: name } = selection.name;
        const type = this.#fragments.get(name);
        if (type === undefined || !parent.overlapping.has(type)) throw new Invalid(selection);
        this.checkDirectives(selection.directives, DirectiveLocation.FRAGMENT_SPREAD);
        into.spreads.push(name);
        this.spreads.add(name);
      }
    }
  }

  #checkField(node: FieldNode, parent: KnownType, into: FieldSet): void {
    const known = parent.fields.get(node.name.value);
    if (known === undefined) throw new Invalid(node);
    this.#checkArguments(node.arguments, known, node);
    this.checkDirectives(node.directives, DirectiveLocation.FIELD);
    const { selectionSet } = node;
    if ((selectionSet === undefined) !== (known.below === null)) throw new Invalid(node);
    const below = selectionSet === undefined ? null : new FieldSet();
    into.add({ node, parent, known, below });
    if (selectionSet === undefined || below === null || known.below === null) return;
    this.#checkSet(selectionSet, known.below, below);
    this.#close(below);
  }

  #close(set: FieldSet): void {
    if (set.hasRepeats || set.spreads.length > 0) this.overlapping.push(set);
  }

  checkDirectives(directives: readonly DirectiveNode[] | undefined, location: DirectiveLocation): void {
    if (!directives?.length) return;
    const names = new Set<string>();
    for (const directive of directives) {
      const { value: name } = directive.name;
      const known = this.#known.directives.get(name);
      if (known?.locations.has(location) !== true) throw new Invalid(directive);
      if (names.has(name) && !known.isRepeatable) throw new Invalid(directive);
      names.add(name);
      this.#checkArguments(directive.arguments, known, directive);
    }
  }

  #checkArguments(args: readonly ArgumentNode[] | undefined, known: KnownArguments, of: ASTNode): void {
    let { required } = known;
    for (const arg of args ?? []) {
      const { value: name } = arg.name;
      const place = known.byName.get(name);
      if (place === undefined) throw new Invalid(arg);
      // Each argument before is a known one and another one, so they are few.
      for (const before of args ?? []) {
        if (before === arg) break;
        if (before.name.value === name) throw new Invalid(arg);
      }
      if (place.isRequired) required -= 1;
      checkValue(arg.value, place, this.uses);
    }
    if (required > 0) throw new Invalid(of);
  }
}
