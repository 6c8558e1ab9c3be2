// Counts the operations in flight: from the whole body until the operation ends, even if its caller has left.

export class InFlight {
  #count = 0;
  #whenIdle: (() => void)[] = [];

  get count(): number {
    return this.#count;
  }

  /** Counts an operation until it has ended. */
  async run<Result>(operation: () => Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await operation();
    } finally {
      this.#count -= 1;
      if (this.#count === 0) this.#tellIdle();
    }
  }

  /** Resolves when no operation is in flight. */
  idle(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve);
    });
  }

  #tellIdle(): void {
    for (const resolve of this.#whenIdle) resolve();
    this.#whenIdle = [];
  }
}
