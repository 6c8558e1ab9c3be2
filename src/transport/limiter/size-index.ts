// Which of several things is the largest, in constant time, while they grow and shrink by one at a time.
import { Link, LinkedList } from "./linked-list.ts";

export class SizeIndex<Item extends object> {
  readonly #links = new Map<Item, Link<Item>>();
  /** By size. */
  readonly #lists: LinkedList<Item>[] = [];
  #largest = 0;

  /** The largest item; of several, the one that came to its size last. */
  get largest(): Item | undefined {
    return this.#lists[this.#largest]?.last;
  }

  /** An item has another size than before; 0 is an item that is not there. */
  resize(item: Item, from: number, to: number): void {
    const link = this.#links.get(item) ?? new Link(item);
    this.#lists[from]?.remove(link);
    if (to === 0) this.#links.delete(item);
    else {
      this.#links.set(item, link);
      while (this.#lists.length <= to) this.#lists.push(new LinkedList<Item>());
      this.#lists[to]?.append(link);
    }
    this.#largest = Math.max(this.#largest, to);
    while (this.#largest > 0 && this.#lists[this.#largest]?.size === 0) this.#largest -= 1;
  }
}
