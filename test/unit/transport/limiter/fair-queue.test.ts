import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FairQueue, type Turn } from "../../../../src/transport/limiter/fair-queue.ts";

type Ticket = { credentialId: string; operation: object; name: string };

/** Tickets are written as credential, operation and number, such as `a1.7`. */
class Queue {
  readonly queue = new FairQueue<Ticket>();
  readonly operations = new Map<string, object>();
  readonly turns = new Map<string, Turn<Ticket>>();

  ticket(name: string): Ticket {
    const [operation = ""] = name.split(".");
    this.operations.set(operation, this.operations.get(operation) ?? {});
    return { credentialId: operation.charAt(0), operation: this.operations.get(operation) ?? {}, name };
  }

  push(...names: string[]): void {
    for (const name of names) this.turns.set(name, this.queue.push(this.ticket(name)));
  }

  drain(queue = this.queue): string {
    const names: string[] = [];
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) names.push(next.name);
    return names.join(" ");
  }
}

describe("a fair queue", () => {
  test("serves credentials in turn, however many operations each has", () => {
    const { queue, ...queued } = new Queue();
    const all = Object.assign(new Queue(), { queue, ...queued });
    all.push("a1.1", "a2.1", "a3.1", "a4.1", "b1.1", "b2.1");
    expect(all.drain()).toBe("a1.1 b1.1 a2.1 b2.1 a3.1 a4.1");
  });

  test("serves the operations of one credential in turn, however many calls each has", () => {
    const all = new Queue();
    all.push("a1.1", "a1.2", "a1.3", "a2.1", "a3.1", "a3.2");
    expect(all.drain()).toBe("a1.1 a2.1 a3.1 a1.2 a3.2 a1.3");
  });

  test("forgets those who have left", () => {
    const all = new Queue();
    all.push("a1.1", "a1.2", "b1.1");
    all.turns.get("a1.1")?.leave();
    all.turns.get("a1.1")?.leave();
    expect(all.queue.size).toBe(2);
    expect(all.drain()).toBe("a1.2 b1.1");
    all.turns.get("a1.2")?.leave();
    expect(all.queue.size).toBe(0);
  });

  test("finds the last call of the largest operation of the credential with most calls", () => {
    const all = new Queue();
    all.push("a1.1", "a1.2", "a1.3", "b1.1", "b2.1", "b2.2", "b3.1");
    expect(all.queue.largest?.name).toBe("b2.2");
    all.turns.get("b1.1")?.leave();
    all.turns.get("b3.1")?.leave();
    expect(all.queue.largest?.name).toBe("a1.3");
  });

  test("of credentials with as many calls, finds the one that came last", () => {
    const all = new Queue();
    all.push("a1.1", "b1.1", "c1.1");
    expect(all.queue.largest?.name).toBe("c1.1");
  });

  test("finds all calls of one credential", () => {
    const all = new Queue();
    all.push("a1.1", "b1.1", "a2.1", "a1.2");
    expect(all.queue.ticketsOf("a").map(({ name }) => name)).toEqual(["a1.1", "a1.2", "a2.1"]);
    expect(all.queue.ticketsOf("c")).toEqual([]);
  });

  test("serves every call within the turns it promised", () => {
    const names = fc.tuple(fc.constantFrom("a", "b", "c"), fc.constantFrom(1, 2, 3));
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 40 }), (pushed) => {
        const all = new Queue();
        pushed.forEach(([credential, operation], index) => {
          all.push(`${credential}${operation}.${index}`);
        });
        const promised = new Map(
          [...all.operations.keys()].map((name) => [name, all.queue.turnsOf(all.ticket(`${name}.0`))]),
        );
        all
          .drain()
          .split(" ")
          .forEach((name, index) => {
            expect(index + 1).toBeLessThanOrEqual(promised.get(name.split(".")[0] ?? "") ?? 0);
          });
      }),
    );
  });
});
