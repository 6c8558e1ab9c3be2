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
import type { Doubts } from "./doubts.ts";
import type { FieldSet } from "./field-set.ts";
import { Invalid } from "./invalid.ts";
import type { KnownArguments, KnownSchema, KnownType } from "./known-schema.ts";
import { checkNamedValues, type VariableUse } from "./literals.ts";

/** The composite type of a fragment. @throws Invalid where it is none, or unknown */
export function typeOf({ types }: KnownSchema, condition: NamedTypeNode): KnownType {
  const type = types.get(condition.name.value);
  if (type === undefined) throw new Invalid(condition);
  return type;
}

export type Fragment = { type: KnownType; root: FieldSet };

/** What the selection sets of a definition contain. All methods throw Invalid at the first mistake. */
export class Selections {
  readonly #known: KnownSchema;
  readonly #fragments: ReadonlyMap<string, Fragment>;
  readonly #doubts: Doubts;
  /** The sets below fields with repeated names or with spreads. */
  readonly overlapping: FieldSet[] = [];
  readonly spreads = new Set<string>();
  readonly uses: VariableUse[] = [];

  /** @param fragments those of the text, by name */
  constructor(known: KnownSchema, fragments: ReadonlyMap<string, Fragment>, doubts: Doubts) {
    this.#known = known;
    this.#fragments = fragments;
    this.#doubts = doubts;
  }

  /** @param into gets what is selected */
  check({ selections }: SelectionSetNode, parent: KnownType, into: FieldSet): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) this.#checkField(selection, parent, into);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const { typeCondition, directives, selectionSet } = selection;
        const type = typeCondition === undefined ? parent : typeOf(this.#known, typeCondition);
        if (!parent.overlapping.has(type)) throw new Invalid(selection);
        this.checkDirectives(directives, DirectiveLocation.INLINE_FRAGMENT);
        this.check(selectionSet, type, into);
      } else {
        const { value: name } = selection.name;
        const fragment = this.#fragments.get(name);
        if (fragment === undefined || !parent.overlapping.has(fragment.type)) throw new Invalid(selection);
        this.checkDirectives(selection.directives, DirectiveLocation.FRAGMENT_SPREAD);
        into.addSpread(name, fragment.root);
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
    const field = into.add(node, parent, known);
    if (this.#fragments.size > 0 && field.node === node) this.#doubts.note(field);
    const { below } = field;
    if (selectionSet === undefined || below === null || known.below === null) return;
    this.check(selectionSet, known.below, below);
    this.#close(below);
  }

  #close(set: FieldSet): void {
    if (set.isListed || (!set.hasRepeats && set.spreads === null)) return;
    set.isListed = true;
    this.overlapping.push(set);
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

  #checkArguments(args: readonly ArgumentNode[] = [], known: KnownArguments, of: ASTNode): void {
    // Most fields have no arguments.
    if (args.length > 0 || known.required > 0) checkNamedValues(args, known, of, this.uses);
  }
}
