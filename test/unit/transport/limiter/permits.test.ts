import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PERMIT_MS, Permits, type HeldPermit } from "../../../../src/transport/limiter/permits.ts";

/** Takes as many permits as there are free at a time. */
function takeAll(permits: Permits, now: number): HeldPermit[] {
  const taken: HeldPermit[] = [];
  for (let permit = permits.take(false, now); permit !== null; permit = permits.take(false, now))
    taken.push(permit);
  return taken;
}

describe("the permits of a quota", () => {
  test("are as many as the quota, and free again 1.04 s after their calls were written", () => {
    const permits = new Permits(50);
    const taken = takeAll(permits, 0);
    expect(taken).toHaveLength(50);
    for (const permit of taken) permits.release(permit, 300);
    expect(takeAll(permits, 300 + PERMIT_MS - 1)).toHaveLength(0);
    expect(takeAll(permits, 300 + PERMIT_MS)).toHaveLength(50);
  });

  test("are held as long as their calls are not written", () => {
    const permits = new Permits(1);
    takeAll(permits, 0);
    expect(takeAll(permits, 60_000)).toHaveLength(0);
  });

  test.each(["before it was written", "after it was written"])(
    "are free at once when refunded %s",
    (when) => {
      const permits = new Permits(2);
      const [first, second] = takeAll(permits, 0);
      if (first === undefined || second === undefined) throw new Error("there are two");
      permits.release(second, 5);
      if (when === "after it was written") permits.release(first, 10);
      permits.refund(first);
      permits.refund(first);
      expect(takeAll(permits, 20)).toHaveLength(1);
    },
  );

  test("are not freed twice", () => {
    const permits = new Permits(1);
    const [late] = takeAll(permits, 0);
    if (late === undefined) throw new Error("there is one");
    permits.release(late, 0);
    expect(takeAll(permits, PERMIT_MS)).toHaveLength(1);
    permits.refund(late);
    permits.release(late, PERMIT_MS);
    expect(takeAll(permits, PERMIT_MS)).toHaveLength(0);
  });

  test("tell how long a queue waits for them", () => {
    const permits = new Permits(2);
    expect([1, 2, 3].map((position) => permits.waitMs(position, 0))).toEqual([0, 0, PERMIT_MS]);
    const [first, second] = takeAll(permits, 0);
    expect([1, 2, 3].map((position) => permits.waitMs(position, 100))).toEqual([1040, 1040, 2080]);
    if (first !== undefined) permits.release(first, 0);
    if (second !== undefined) permits.release(second, 100);
    expect([1, 2, 3].map((position) => permits.waitMs(position, 200))).toEqual([840, 940, 1880]);
  });

  test("count those of strangers", () => {
    const permits = new Permits(3);
    const permit = permits.take(true, 0);
    permits.take(false, 0);
    if (permit !== null) permits.release(permit, 0);
    expect([permits.strangers(0), permits.strangers(PERMIT_MS)]).toEqual([1, 0]);
    expect(permits.isIdle(PERMIT_MS)).toBe(false);
  });

  test("are found when free, for any mix of held, counting and refunded ones", () => {
    const action = fc.record({
      ms: fc.nat(300),
      does: fc.constantFrom("take", "release", "refund"),
      which: fc.nat(),
    });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200 }), (actions) => {
        const permits = new Permits(5);
        const known: HeldPermit[] = [];
        let now = 0;
        for (const { ms, does, which } of actions) {
          now += ms;
          const inUse = known.filter(({ state, freeAt }) => state !== "free" && freeAt > now);
          const chosen = inUse[which % Math.max(1, inUse.length)];
          if (does === "release" && chosen !== undefined) permits.release(chosen, now);
          else if (does === "refund" && chosen !== undefined) permits.refund(chosen);
          else if (does === "take") {
            const permit = permits.take(false, now);
            expect(permit !== null).toBe(inUse.length < 5);
            if (permit !== null) known.push(permit);
          }
        }
      }),
    );
  });
});
