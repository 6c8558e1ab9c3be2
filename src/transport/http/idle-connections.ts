// The idle connections, in the order of their last use.

type OfCredential = { readonly credentialId: string };

export class IdleConnections<C extends OfCredential> {
  /** Least recently used first. */
  readonly #inOrder = new Set<C>();
  readonly #byCredential = new Map<string, C[]>();

  get size(): number {
    return this.#inOrder.size;
  }

  add(connection: C): void {
    this.#inOrder.add(connection);
    const others = this.#byCredential.get(connection.credentialId);
    if (others === undefined) this.#byCredential.set(connection.credentialId, [connection]);
    else others.push(connection);
  }

  /** Takes the connection of this credential that was used last: it is the least likely to be dead. */
  take(credentialId: string): C | null {
    const others = this.#byCredential.get(credentialId);
    const connection = others?.pop();
    if (others === undefined || connection === undefined) return null;
    if (others.length === 0) this.#byCredential.delete(credentialId);
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
    const others = this.#byCredential.get(connection.credentialId) ?? [];
    const index = others.lastIndexOf(connection);
    if (index !== -1) others.splice(index, 1);
    if (others.length === 0) this.#byCredential.delete(connection.credentialId);
    return true;
  }

  [Symbol.iterator](): Iterator<C> {
    return this.#inOrder.values();
  }
}
