// Thrown to end the quick validation at the first mistake.
import type { ASTNode } from "graphql";

export class Invalid extends Error {
  /** The place of the mistake in the text. */
  readonly node: ASTNode;

  constructor(node: ASTNode) {
    super();
    this.node = node;
  }
}
