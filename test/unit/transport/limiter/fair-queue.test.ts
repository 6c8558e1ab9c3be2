import { expect, test } from "@jest/globals";
import { FairQueue } from "../../../../src/transport/limiter/fair-queue.ts";

function drain(queue: FairQueue<{ operation: object; name: string }>): string {
  const names: string[] = [];
  for (let ticket = queue.shift(); ticket !== undefined; ticket = queue.shift()) names.push(ticket.name);
  return names.join(" ");
}

test("each operation has its turn, whoever came with how many", () => {
  const queue = new FairQueue<{ operation: object; name: string }>();
  const [big, small, late] = [{}, {}, {}];
  for (const name of ["b1", "b2", "b3", "b4"]) queue.push({ operation: big, name });
  queue.push({ operation: small, name: "s1" });
  queue.push({ operation: late, name: "l1" });
  queue.push({ operation: late, name: "l2" });
  expect(queue.size).toBe(7);
  expect(drain(queue)).toBe("b1 s1 l1 b2 l2 b3 b4");
  expect(queue.size).toBe(0);
});

test("those who leave are taken out", () => {
  const queue = new FairQueue<{ operation: object; name: string }>();
  const operation = {};
  for (const name of ["a", "b", "c"]) queue.push({ operation, name });
  expect(queue.removeAll((ticket) => ticket.name !== "b").map((ticket) => ticket.name)).toEqual(["a", "c"]);
  expect(queue.size).toBe(1);
  expect(drain(queue)).toBe("b");
});
