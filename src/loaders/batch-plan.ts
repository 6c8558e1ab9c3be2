// Many lookups in one conversation, for the fewest calls that are certain to be right. docs/batching.md proves the bound.
import { lookupKey } from "../bird/address.ts";
import type { PageResult, ReadResult } from "../bird/client.ts";
import type { ReadFailure } from "../bird/failures.ts";
import type { Participant } from "../bird/participant.ts";
import { fail, succeed } from "../result.ts";

/** One thing that is wanted. */
export type Lookup = {
  /** Its `lookupKey`: a participant of the list that has it is the wanted one. */
  key: string;
  readAlone: () => Promise<ReadResult>;
};

/** Reads a page of the conversation, from its beginning or on. */
export type ReadPage = (pageToken: string | null) => Promise<PageResult>;

/** What reading the list came to, beside the participants it showed. */
type Listing = { found: ReadonlyMap<string, Participant | "ambiguous">; failure: ReadFailure | null };

/**
 * Looks up each of several different things in one conversation.
 *
 * One is read alone. Several are looked for in the conversation's list, page by page, as long as the pages to come
 * cost less than reading alone what is left. What the list did not show is read alone before it is called not
 * found: a list proves presence, not absence.
 *
 * @param readPage null where the conversation must not or cannot be listed
 * @param onListFailure told when the list failed
 * @returns a result for each lookup, none of which fails another
 */
export async function readBatch<L extends Lookup>(
  lookups: readonly L[],
  readPage: ReadPage | null,
  onListFailure: (failure: ReadFailure) => void,
): Promise<Map<L, ReadResult>> {
  if (readPage === null || lookups.length < 2) return readEach(lookups, (lookup) => lookup.readAlone());
  const { found, failure } = await readList(lookups, readPage);
  if (failure !== null) onListFailure(failure);
  return readEach(lookups, async (lookup) => {
    const participant = found.get(lookup.key);
    if (participant !== undefined && participant !== "ambiguous") return succeed(participant);
    return failure !== null && isTheSameForAll(failure) ? fail(failure) : lookup.readAlone();
  });
}

async function readEach<L>(
  lookups: readonly L[],
  read: (lookup: L) => Promise<ReadResult>,
): Promise<Map<L, ReadResult>> {
  return new Map(
    await Promise.all(lookups.map(async (lookup): Promise<[L, ReadResult]> => [lookup, await read(lookup)])),
  );
}

async function readList(lookups: readonly Lookup[], readPage: ReadPage): Promise<Listing> {
  const wanted = new Set(lookups.map((lookup) => lookup.key));
  const found = new Map<string, Participant | "ambiguous">();
  let seen = 0;
  let token: string | null = null;
  // Pages that never end, and totals that lie, cost one page for each thing wanted at most.
  for (let pages = 1; pages <= lookups.length; pages++) {
    const page = await readPage(token);
    if (!page.ok) return { found, failure: page.failure };
    for (const participant of page.value.participants) note(participant, wanted, found);
    seen += page.value.participants.length;
    token = page.value.nextPageToken;
    const left =
      wanted.size - [...found.values()].filter((participant) => participant !== "ambiguous").length;
    if (token === null || pagesToCome(page.value.total, seen, pages) >= left) break;
  }
  return { found, failure: null };
}

/** Two participants with one lookup key prove nothing about which of them a single read would give. */
function note(
  participant: Participant,
  wanted: Set<string>,
  found: Map<string, Participant | "ambiguous">,
): void {
  for (const key of lookupKeysOf(participant)) {
    if (wanted.has(key)) found.set(key, found.has(key) ? "ambiguous" : participant);
  }
}

/** The keys of the lookups that a participant answers. */
function lookupKeysOf({ id, contact }: Participant): string[] {
  const { identifierKey, identifierValue } = contact ?? { identifierKey: null, identifierValue: null };
  return identifierKey === null || identifierValue === null
    ? [lookupKey({ id })]
    : [lookupKey({ id }), lookupKey({ key: identifierKey, value: identifierValue })];
}

/** How many pages the list goes on for, if the total is right and they are as long as those before. */
function pagesToCome(total: number | null, seen: number, pages: number): number {
  if (total === null || seen === 0) return Infinity;
  return Math.max(1, Math.ceil((total - seen) / (seen / pages)));
}

/** A failure that single reads would only repeat, at a call each. */
function isTheSameForAll(failure: ReadFailure): boolean {
  if (failure.kind === "accessDenied") return failure.reason === "UNAUTHENTICATED";
  return failure.kind === "rateLimited" || (failure.kind === "upstream" && failure.reason === "TIMEOUT");
}
