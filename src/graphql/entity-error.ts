// The error of an entity that a router requested: it has the fields of the union member for the same failure.

type Member = { readonly __typename: string; readonly message: string; readonly code: string };

/** It is never a bug, even where its code is unknown, since Bird chooses codes. graphql-js copies `extensions`. */
export class EntityError extends Error {
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(member: Member) {
    const { message, ...extensions } = member;
    super(message);
    this.extensions = extensions;
  }
}
