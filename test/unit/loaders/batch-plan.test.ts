import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { nextStep, type Known } from "../../../src/loaders/batch-plan.ts";

const QUOTA_WINDOW_MS = 1040;

/** A list, and how fast Bird is. */
type List = {
  wanted: number;
  /** How many of the wanted each page shows for the first time. */
  hits: number[];
  pageSize: number;
  /** The total that a page tells, by the number of pages read. */
  total: (pages: number) => number | null;
  pageMs: number;
  readsPerSecond: number;
};

/** How long single reads take: a latency, and what the quota does not let through at once. */
function singlesMs(count: number, { pageMs, readsPerSecond }: List): number {
  return count === 0 ? 0 : pageMs + Math.max(0, (count - readsPerSecond) / readsPerSecond) * QUOTA_WINDOW_MS;
}

/** Follows the plan through a list, in a time of its own. */
function follow(list: List, deadlineMs = Infinity) {
  const { wanted, hits, pageSize, total, pageMs, readsPerSecond } = list;
  let [pages, left] = [0, wanted];
  const known = (): Known => ({
    wanted,
    left,
    pages,
    seen: pages * pageSize,
    total: total(pages),
    hasNextPage: pages < hits.length,
    pageMs: pages === 0 ? 0 : pageMs,
    readsPerSecond,
    remainingMs: deadlineMs - pages * pageMs,
  });
  while (nextStep(known()) === "page") left -= Math.min(left, hits[pages++] ?? 0);
  return { pages, singles: left, calls: pages + left, ms: pages * pageMs + singlesMs(left, list) };
}

/** People spread evenly over a list whose total is right. */
function evenList(people: number, wanted: number, pageMs: number, hasTotal = true): List {
  const pages = Math.ceil(people / 100);
  const upTo = (page: number) => Math.round((wanted * Math.min(people, page * 100)) / people);
  const hits = Array.from({ length: pages }, (_, page) => upTo(page + 1) - upTo(page));
  return {
    wanted,
    hits,
    pageSize: 100,
    total: () => (hasTotal ? people : null),
    pageMs,
    readsPerSecond: 50,
  };
}

const anyList: fc.Arbitrary<List> = fc.record({
  wanted: fc.integer({ min: 1, max: 200 }),
  hits: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 200 }),
  pageSize: fc.integer({ min: 1, max: 100 }),
  total: fc.func(fc.option(fc.integer({ min: 0, max: 20_000 }))),
  pageMs: fc.integer({ min: 1, max: 3000 }),
  readsPerSecond: fc.constantFrom(1, 10, 50, 1000),
});

describe("the plan", () => {
  test("costs at most three calls more than single reads, for every total that the list claims", () => {
    fc.assert(
      fc.property(anyList, (list) => {
        expect(follow(list).calls).toBeLessThanOrEqual(list.wanted + 3);
      }),
      { numRuns: 1000 },
    );
  });

  test("takes at most three pages longer than single reads, for every total that the list claims", () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const slack = 0.001;
        expect(follow(list).ms).toBeLessThanOrEqual(singlesMs(list.wanted, list) + 3 * list.pageMs + slack);
      }),
      { numRuns: 1000 },
    );
  });

  test("never takes more than two pages longer where the wanted are spread evenly over the list", () => {
    const evenLists = fc.record({
      people: fc.integer({ min: 1, max: 20_000 }),
      wanted: fc.integer({ min: 1, max: 200 }),
      pageMs: fc.integer({ min: 1, max: 3000 }),
      hasTotal: fc.boolean(),
    });
    fc.assert(
      fc.property(evenLists, ({ people, wanted, pageMs, hasTotal }) => {
        const list = evenList(people, Math.min(people, wanted), pageMs, hasTotal);
        expect(follow(list).ms).toBeLessThanOrEqual(singlesMs(list.wanted, list) + 2 * pageMs + 0.001);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ["100 of a conversation of 100", evenList(100, 100, 50), { pages: 1, singles: 0 }],
    ["40 of a conversation of 250", evenList(250, 40, 50), { pages: 3, singles: 0 }],
    ["the same without a total", evenList(250, 40, 50, false), { pages: 3, singles: 0 }],
    ["100 of a conversation of 1,000", evenList(1000, 100, 50), { pages: 10, singles: 0 }],
    ["the same without a total", evenList(1000, 100, 50, false), { pages: 10, singles: 0 }],
    ["100 of a conversation of 9,500", evenList(9500, 100, 120), { pages: 1, singles: 99 }],
    ["the same without a total", evenList(9500, 100, 120, false), { pages: 1, singles: 99 }],
    [
      "40 of a conversation of 1,000, which the quota lets through at once",
      evenList(1000, 40, 50),
      { pages: 1, singles: 36 },
    ],
    ["one", evenList(1000, 1, 50), { pages: 0, singles: 1 }],
  ])("for %s", (_what, list, expected) => {
    expect(follow(list)).toMatchObject(expected);
  });

  test("reads no further where none of the wanted was on the first page and no total is known", () => {
    const list = { ...evenList(1000, 100, 50, false), hits: [0, 50, 50] };
    expect(follow(list)).toMatchObject({ pages: 1, singles: 100 });
  });

  test("reads on where the operation's time is too short for single reads and long enough for the list", () => {
    const slowList = { ...evenList(500, 30, 300), readsPerSecond: 5 };
    expect(follow({ ...slowList, readsPerSecond: 50 }, 3000)).toMatchObject({ pages: 1 });
    expect(follow(slowList, 3000)).toMatchObject({ pages: 5, singles: 0 });
  });

  test("never begins a list's rest that the operation has no time for", () => {
    expect(follow(evenList(1000, 100, 120), 1300)).toMatchObject({ pages: 10 });
    expect(follow(evenList(1000, 100, 120), 1100)).toMatchObject({ pages: 1 });
  });
});
