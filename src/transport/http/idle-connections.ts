// The idle connections, in the order of their last use.

/** `holder` names a credential in a workspace: see `nameOf`. */
type OfHolder = { readonly holder: string };

export class IdleConnections<C extends OfHolder> {
  /** Least recently used first. */
  readonly #inOrder = new Set<C>();
  readonly #byHolder = new Map<string, C[]>();

  get size(): number {
    return this.#inOrder.size;
  }

  add(connection: C): void {
    this.#inOrder.add(connection);
    const others = this.#byHolder.get(connection.holder);
    if (others === undefined) this.#byHolder.set(connection.holder, [connection]);
    else others.push(connection);
  }

  /** Takes the connection of this holder that was used last: it is the least likely to be dead. */
  take(holder: string): C | null {
    const others = this.#byHolder.get(holder);
    const connection = others?.pop();
    if (others === undefined || connection === undefined) return null;
    if (others.length === 0) this.#byHolder.delete(holder);
    this.#inOrder.delete(connection);
    return connection;
  }

  /** Takes the least recently used connection. */
  takeOldest(): C | null {
    for (const connection of this.#inOrder) {
      this.remove(connection);
      return connection;
    }
    return null;
  }

  /** @returns whether the connection was idle */
  remove(connection: C): boolean {
    if (!this.#inOrder.delete(connection)) return false;
    const others = this.#byHolder.get(connection.holder) ?? [];
    const index = others.lastIndexOf(connection);
    if (index !== -1) others.splice(index, 1);
    if (others.length === 0) this.#byHolder.delete(connection.holder);
    return true;
  }

  [Symbol.iterator](): Iterator<C> {
    return this.#inOrder.values();
  }
}
