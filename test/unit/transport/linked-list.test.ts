import { expect, test } from "@jest/globals";
import { Link, LinkedList } from "../../../src/transport/linked-list.ts";

function listOf(...items: string[]) {
  const list = new LinkedList<string>();
  const links = items.map((item) => new Link(item));
  for (const link of links) list.append(link);
  return { list, links };
}

test.each([
  [0, "b c d"],
  [1, "a c d"],
  [3, "a b c"],
])("gives up the item at %d and keeps the order of the others", (index, left) => {
  const { list, links } = listOf("a", "b", "c", "d");
  const link = links[index];
  if (link !== undefined) list.remove(link);
  expect([...list].join(" ")).toBe(left);
  expect(list.size).toBe(3);
  expect(`${list.first ?? ""} ${list.last ?? ""}`).toBe(`${left[0] ?? ""} ${left.at(-1) ?? ""}`);
});

test("takes an item out once", () => {
  const { list, links } = listOf("a");
  for (const link of [...links, ...links]) list.remove(link);
  expect([list.size, list.first, list.last]).toEqual([0, undefined, undefined]);
});

test("can be changed while it is walked through", () => {
  const { list, links } = listOf("a", "b", "c");
  const seen: string[] = [];
  for (const item of list) {
    seen.push(item);
    const link = links.find((other) => other.item === item);
    if (link !== undefined) list.remove(link);
  }
  expect(seen).toEqual(["a", "b", "c"]);
  expect(list.size).toBe(0);
});
