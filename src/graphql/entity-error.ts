// How an entity fails that a router asked for: as the union member its failure would be elsewhere, made an error.

type Member = { readonly __typename: string; readonly message: string; readonly code: string };

/** Not a bug, even with an unknown code: a code may be Bird's own. GraphQL copies `extensions` into the answer. */
export class EntityError extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(member: Member) {
    const { message, ...extensions } = member;
    super(message);
    this.extensions = extensions;
  }
}
