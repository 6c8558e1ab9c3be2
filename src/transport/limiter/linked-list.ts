// A list that gives up any of its items in constant time. JavaScript's arrays and maps do not.

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

  /** Puts a link at the end: a new one, or one that has been taken out. */
  append(link: Link<Item>): void {
    link.previous = this.#last;
    link.next = null;
    link.isListed = true;
    if (this.#last === null) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#size += 1;
  }

  /** Takes a link out; a link that is in no list stays as it is. */
  remove(link: Link<Item>): void {
    if (!link.isListed) return;
    link.isListed = false;
    if (link.previous === null) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === null) this.#last = link.previous;
    else link.next.previous = link.previous;
    this.#size -= 1;
  }

  /** Takes the first item out. */
  shift(): Item | undefined {
    const link = this.#first;
    if (link === null) return undefined;
    this.remove(link);
    return link.item;
  }

  *[Symbol.iterator](): Generator<Item> {
    for (let link = this.#first; link !== null;) {
      const { item, next } = link;
      yield item;
      link = next;
    }
  }
}
