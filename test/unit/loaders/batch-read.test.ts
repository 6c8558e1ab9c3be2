import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { lookupKey } from "../../../src/bird/address.ts";
import type { PageResult, ReadResult } from "../../../src/bird/client.ts";
import { badResponse } from "../../../src/bird/decode-failure.ts";
import { left, unauthenticated } from "../../../src/bird/failures.ts";
import type { Participant } from "../../../src/bird/participant.ts";
import { fail, succeed } from "../../../src/result.ts";
import { readBatch, type Lookup } from "../../../src/loaders/batch-read.ts";

const notFound: ReadResult = fail({ kind: "notFound", code: "NotFound", message: "", details: null });

/** A conversation as Bird might have it. */
type World = {
  /** Who is there, by number, in the order of the list; some twice under one identifier. */
  people: number[];
  /** Who is there and not in the list. */
  hidden: number[];
  pageSize: number;
  /** What the list claims as its total; null for nothing. */
  claimedTotal: number | null;
  /** The page after which the list fails; Infinity for never. */
  failsAfter: number;
  /** Whether the last page leads to the first again. */
  endless: boolean;
};

function person(number: number, position: number): Participant {
  return {
    workspaceId: "w",
    conversationId: "c",
    id: `${number}-${position}`,
    type: "CONTACT",
    status: "ACTIVE",
    displayName: null,
    avatarUrl: null,
    contact: {
      identifierKey: "k",
      identifierValue: String(number),
      platformAddress: null,
      platformAddressSelector: null,
    },
  };
}

/** Runs the plan in a world; the results, what single reads would give, and the calls. */
async function run(world: World, wanted: number[]) {
  const { people, hidden, pageSize, claimedTotal, failsAfter, endless } = world;
  const listed = people.map(person);
  const single = (number: number): ReadResult => {
    const first = listed.find((participant) => participant.contact?.identifierValue === String(number));
    if (first !== undefined) return succeed(first);
    return hidden.includes(number) ? succeed(person(number, -1)) : notFound;
  };
  const calls = { pages: 0, singles: 0 };
  const readPage = (token: string | null): Promise<PageResult> => {
    const start = Number(token ?? 0);
    if (++calls.pages > failsAfter) return Promise.resolve(fail(badResponse(null)));
    const end = start + pageSize;
    const isLast = end >= listed.length;
    const nextPageToken = isLast ? (endless ? "0" : null) : String(end);
    return Promise.resolve(
      succeed({ participants: listed.slice(start, end), nextPageToken, total: claimedTotal }),
    );
  };
  const lookups = wanted.map((number): Lookup & { number: number } => ({
    number,
    key: lookupKey({ key: "k", value: String(number) }),
    readAlone: () => {
      calls.singles++;
      return Promise.resolve(single(number));
    },
  }));
  const results = await readBatch(lookups, sourceOf(readPage));
  return {
    results: lookups.map((lookup) => results.get(lookup)),
    expected: wanted.map(single),
    calls: calls.pages + calls.singles,
    /** Wanted identifiers that two participants have. */
    doubles: wanted.filter((number) => people.filter((one) => one === number).length > 1).length,
  };
}

const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { maxLength: 300 });
const wantedNumbers = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 100 });
const anyWorld: fc.Arbitrary<World> = fc.record({
  people: fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }),
  hidden: numbers,
  pageSize: fc.integer({ min: 1, max: 100 }),
  claimedTotal: fc.option(fc.integer({ min: 0, max: 100_000 })),
  failsAfter: fc.constantFrom(0, 1, 2, Infinity, Infinity),
  endless: fc.boolean(),
});

describe("a batch", () => {
  test("gives the results of single reads in at most k + 3 calls, for every total that the list claims", async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, wantedNumbers, async (world, wanted) => {
        const { results, expected, calls, doubles } = await run(world, wanted);
        expect(results).toEqual(expected);
        expect(calls).toBeLessThanOrEqual(wanted.length + 3 + doubles);
      }),
      { numRuns: 500 },
    );
  });

  test("takes one id on two pages for one participant, as it was seen last", async () => {
    const [before, after] = [person(1, 0), { ...person(1, 0), status: "PENDING" as const }];
    const pages = [
      { participants: [before], nextPageToken: "1", total: 2 },
      { participants: [after, person(2, 0)], nextPageToken: null, total: 2 },
    ];
    const lookups = [1, 2, 3].map((number) => ({
      key: lookupKey({ key: "k", value: String(number) }),
      readAlone: () => Promise.resolve(notFound),
    }));
    const results = await readBatch(
      lookups,
      sourceOf(() => Promise.resolve(succeed(nextOf(pages)))),
    );
    expect([...results.values()]).toEqual([succeed(after), succeed(person(2, 0)), notFound]);
  });
});

test("reads no page again whose token comes again", async () => {
  const tokens: (string | null)[] = [];
  const lookups = Array.from({ length: 100 }, (_, number) => ({
    key: lookupKey({ key: "k", value: String(number) }),
    readAlone: () => Promise.resolve(notFound),
  }));
  const readPage = (token: string | null) => {
    tokens.push(token);
    const participants = [2 * tokens.length, 2 * tokens.length + 1].map((number) => person(number, 0));
    return Promise.resolve(succeed({ participants, nextPageToken: "again", total: null }));
  };
  await readBatch(lookups, sourceOf(readPage));
  expect(tokens).toEqual([null, "again"]);
});

describe("after a list that failed", () => {
  const upstream = (reason: "TIMEOUT" | "UNAVAILABLE" | "BAD_RESPONSE"): ReadResult =>
    fail({ kind: "upstream", code: "", message: "", details: null, reason, outcome: null });
  const unauthorized: ReadResult = fail(unauthenticated(""));
  const limited: ReadResult = fail({
    kind: "rateLimited",
    code: "",
    message: "",
    details: null,
    retryAfterMs: null,
  });

  /** How many single reads follow, when the list and they end like this. */
  async function singlesAfter(list: ReadResult, alone: ReadResult) {
    let singles = 0;
    const lookups = Array.from({ length: 30 }, (_, number) => ({
      key: lookupKey({ key: "k", value: String(number) }),
      readAlone: () => {
        singles++;
        return Promise.resolve(alone);
      },
    }));
    const failure: PageResult = list.ok ? fail(badResponse(null)) : list;
    const results = await readBatch(
      lookups,
      sourceOf(() => Promise.resolve(failure)),
    );
    expect([...results.values()]).toEqual(
      Array.from({ length: 30 }, () => (singles === 0 ? failure : alone)),
    );
    return singles;
  }

  test.each([
    ["a 401", unauthorized],
    ["a 429 or a used-up quota", limited],
    ["a caller who has left", fail(left()) as ReadResult],
  ])("with %s, no single read follows", async (_what, failure) => {
    expect(await singlesAfter(failure, notFound)).toBe(0);
  });

  test.each(["UNAVAILABLE", "BAD_RESPONSE"] as const)("with %s, one goes ahead", async (reason) => {
    expect(await singlesAfter(upstream(reason), upstream(reason))).toBe(1);
    expect(await singlesAfter(upstream(reason), notFound)).toBe(30);
    expect(await singlesAfter(upstream(reason), upstream("TIMEOUT"))).toBe(30);
  });

  test("with a time-out, all are read at once", async () => {
    expect(await singlesAfter(upstream("TIMEOUT"), upstream("TIMEOUT"))).toBe(30);
  });
});

function sourceOf(readPage: (token: string | null) => Promise<PageResult>) {
  return { readPage, onListFailure: () => undefined, readsPerSecond: 50, remainingMs: () => 10_000 };
}

function nextOf<Item>(items: Item[]): Item {
  const item = items.shift();
  if (item === undefined) throw new Error("nothing is left");
  return item;
}
