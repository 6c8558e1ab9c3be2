// Many lookups in one conversation, for the fewest calls that are certain to be right. docs/batching.md proves the bound.
import type { PageRead, Read } from "../bird/client.ts";
import type { ReadFailure } from "../bird/failures.ts";
import type { Participant } from "../bird/participant.ts";
import { fail, succeed } from "../result.ts";

/** One thing that is wanted. */
export type Lookup = {
  /** What a participant of a list must be known by to be the one; see `namesOf`. */
  name: string;
  readSingly: () => Promise<Read>;
};

/** Reads a page of the conversation, from its beginning or on. */
export type ReadPage = (pageToken: string | null) => Promise<PageRead>;

/** What reading the list came to, beside the participants it showed. */
type Listing = { found: ReadonlyMap<string, Participant | "ambiguous">; failure: ReadFailure | null };

/** The name of a lookup by identifier. JSON, because identifiers may hold every separator. */
export function identifierName(key: string, value: string): string {
  return JSON.stringify(["identifier", key, value]);
}

/** The name of a lookup by id. */
export function idName(id: string): string {
  return JSON.stringify(["id", id]);
}

/**
 * Looks up each of several different things in one conversation.
 *
 * One is read singly. Several are looked for in the conversation's list, page by page, as long as the pages to come
 * cost less than reading singly what is left. Whoever the list did not show is read singly before it is called not
 * found: a list proves presence, not absence.
 *
 * @param readPage null where the conversation must not or cannot be listed
 * @param onListFailure told when the list was asked for in vain
 * @returns a result for each lookup, none of which fails another
 */
export async function readBatch<L extends Lookup>(
  lookups: readonly L[],
  readPage: ReadPage | null,
  onListFailure: (failure: ReadFailure) => void,
): Promise<Map<L, Read>> {
  if (readPage === null || lookups.length < 2) return readEach(lookups, (lookup) => lookup.readSingly());
  const { found, failure } = await readList(lookups, readPage);
  if (failure !== null) onListFailure(failure);
  return readEach(lookups, async (lookup) => {
    const participant = found.get(lookup.name);
    if (participant !== undefined && participant !== "ambiguous") return succeed(participant);
    return failure !== null && isEverybodys(failure) ? fail(failure) : lookup.readSingly();
  });
}

async function readEach<L>(lookups: readonly L[], read: (lookup: L) => Promise<Read>): Promise<Map<L, Read>> {
  return new Map(
    await Promise.all(lookups.map(async (lookup): Promise<[L, Read]> => [lookup, await read(lookup)])),
  );
}

async function readList(lookups: readonly Lookup[], readPage: ReadPage): Promise<Listing> {
  const wanted = new Set(lookups.map((lookup) => lookup.name));
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

/** Two participants by one name prove nothing about which of them a single read would give. */
function note(
  participant: Participant,
  wanted: Set<string>,
  found: Map<string, Participant | "ambiguous">,
): void {
  for (const name of namesOf(participant)) {
    if (wanted.has(name)) found.set(name, found.has(name) ? "ambiguous" : participant);
  }
}

/** All that a lookup may know a participant by. */
function namesOf({ id, contact }: Participant): string[] {
  const { identifierKey, identifierValue } = contact ?? { identifierKey: null, identifierValue: null };
  return identifierKey === null || identifierValue === null
    ? [idName(id)]
    : [idName(id), identifierName(identifierKey, identifierValue)];
}

/** How many pages the list goes on for, if the total is right and they are as long as those before. */
function pagesToCome(total: number | null, seen: number, pages: number): number {
  if (total === null || seen === 0) return Infinity;
  return Math.max(1, Math.ceil((total - seen) / (seen / pages)));
}

/** A failure that single reads would only repeat, at a call each. */
function isEverybodys(failure: ReadFailure): boolean {
  if (failure.kind === "accessDenied") return failure.reason === "UNAUTHENTICATED";
  return failure.kind === "rateLimited" || (failure.kind === "upstream" && failure.reason === "TIMEOUT");
}
