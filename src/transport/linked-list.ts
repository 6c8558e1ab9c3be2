// A doubly linked list: any item can be removed in constant time.

/** An item's link in a list; null neighbours at either end. */
export class Link<Item> {
  readonly item: Item;
  previous: Link<Item> | null = null;
  next: Link<Item> | null = null;
  isListed = false;

  constructor(item: Item) {
    this.item = item;
  }
}

export class LinkedList<Item> {
  #first: Link<Item> | null = null;
  #last: Link<Item> | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Item | undefined {
    return this.#first?.item;
  }

  get last(): Item | undefined {
    return this.#last?.item;
  }

  /** Adds a link at the end. It must not be in a list. */
  append(link: Link<Item>): void {
    link.previous = this.#last;
    link.next = null;
    link.isListed = true;
    if (this.#last === null) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#size += 1;
  }

  /** Removes a link. Does nothing when it is in no list. */
  remove(link: Link<Item>): void {
    if (!link.isListed) return;
    link.isListed = false;
    if (link.previous === null) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === null) this.#last = link.previous;
    else link.next.previous = link.previous;
    // A dead link that V8 has promoted must not keep the links after it alive.
    link.previous = null;
    link.next = null;
    this.#size -= 1;
  }

  /** Walks through the items. Meanwhile only the current item may be removed. */
  *[Symbol.iterator](): Generator<Item> {
    for (let link = this.#first; link !== null;) {
      const { item, next } = link;
      yield item;
      link = next;
    }
  }
}
