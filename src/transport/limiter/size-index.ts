// Finds the largest of several items in constant time, while their sizes change by one at a time.
import { Link, LinkedList } from "../linked-list.ts";

export class SizeIndex<Item extends object> {
  readonly #links = new Map<Item, Link<Item>>();
  /** By size. */
  readonly #lists: LinkedList<Item>[] = [];
  #largest = 0;

  /** The largest item; among equals, the one that reached its size last. */
  get largest(): Item | undefined {
    return this.#lists[this.#largest]?.last;
  }

  /** Changes the size of an item. An item of size 0 is not in the index. */
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
