import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { lookupKey } from "../../../src/bird/address.ts";
import type { PageResult, ReadResult } from "../../../src/bird/client.ts";
import { badResponse } from "../../../src/bird/decode-failure.ts";
import type { Participant } from "../../../src/bird/participant.ts";
import { fail, succeed } from "../../../src/result.ts";
import { readBatch, type Lookup } from "../../../src/loaders/batch-plan.ts";

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
  const results = await readBatch(lookups, readPage, () => undefined);
  return {
    results: lookups.map((lookup) => results.get(lookup)),
    expected: wanted.map(single),
    calls: calls.pages + calls.singles,
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

describe("the batch plan", () => {
  test("gives what single reads give, for never more than 2k calls, whatever the list claims", async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, wantedNumbers, async (world, wanted) => {
        const { results, expected, calls } = await run(world, wanted);
        expect(results).toEqual(expected);
        expect(calls).toBeLessThanOrEqual(2 * wanted.length);
      }),
      { numRuns: 500 },
    );
  });

  test("never spends more than k + 1 calls when an honest list holds them all", async () => {
    const everybody = fc
      .uniqueArray(fc.integer({ min: 0, max: 10_000 }), { minLength: 1, maxLength: 500 })
      .chain((people) =>
        fc.tuple(
          fc.constant(people),
          fc.shuffledSubarray(people, { minLength: 1, maxLength: Math.min(100, people.length) }),
        ),
      );
    await fc.assert(
      fc.asyncProperty(everybody, fc.integer({ min: 1, max: 100 }), async ([people, wanted], pageSize) => {
        const honest = { hidden: [], failsAfter: Infinity, endless: false, claimedTotal: people.length };
        const { results, expected, calls } = await run({ people, pageSize, ...honest }, wanted);
        expect(results).toEqual(expected);
        expect(calls).toBeLessThanOrEqual(wanted.length + 1);
      }),
      { numRuns: 500 },
    );
  });
});
