// Counters by name.

/** A counter for each name. Counters at 0 take no memory. */
export class Counts {
  readonly #numbers = new Map<string, number>();

  get(name: string): number {
    return this.#numbers.get(name) ?? 0;
  }

  change(name: string, by: 1 | -1): void {
    const number = this.get(name) + by;
    if (number === 0) this.#numbers.delete(name);
    else this.#numbers.set(name, number);
  }
}
