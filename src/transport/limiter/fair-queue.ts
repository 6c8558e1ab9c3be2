// Who is next: one from each operation in turn, so that an operation of a hundred calls does not keep out one of one.

export class FairQueue<Ticket extends { operation: object }> {
  /** In the order of their turns. */
  readonly #byOperation = new Map<object, Ticket[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(ticket: Ticket): void {
    const waiting = this.#byOperation.get(ticket.operation);
    if (waiting === undefined) this.#byOperation.set(ticket.operation, [ticket]);
    else waiting.push(ticket);
    this.#size++;
  }

  /** Takes out the next one; its operation goes to the end. */
  shift(): Ticket | undefined {
    for (const [operation, waiting] of this.#byOperation) {
      const ticket = waiting.shift();
      this.#byOperation.delete(operation);
      if (waiting.length > 0) this.#byOperation.set(operation, waiting);
      if (ticket === undefined) continue;
      this.#size--;
      return ticket;
    }
    return undefined;
  }

  /** Takes out all that fit. */
  removeAll(fits: (ticket: Ticket) => boolean): Ticket[] {
    const removed: Ticket[] = [];
    for (const [operation, waiting] of this.#byOperation) {
      const staying = waiting.filter((ticket) => !fits(ticket));
      removed.push(...waiting.filter(fits));
      if (staying.length === 0) this.#byOperation.delete(operation);
      else this.#byOperation.set(operation, staying);
    }
    this.#size -= removed.length;
    return removed;
  }
}
