// Several lookups in one conversation, read as the batch plan says: pages of the list, then single reads.
import { lookupKey } from "../bird/address.ts";
import type { PageResult, ReadResult } from "../bird/client.ts";
import type { ReadFailure } from "../bird/failures.ts";
import type { ParticipantPage } from "../bird/participant-page.ts";
import type { Participant } from "../bird/participant.ts";
import { fail, succeed } from "../result.ts";
import { nextStep } from "./batch-plan.ts";

/** One participant that is wanted. */
export type Lookup = {
  /** Its `lookupKey`: a participant of the list that has it is the wanted one. */
  key: string;
  readAlone: () => Promise<ReadResult>;
};

/** The conversation to read from. */
export type BatchSource = {
  /** Reads the first page, or the page of a token; null where the conversation must not be listed. */
  readPage: ((pageToken: string | null) => Promise<PageResult>) | null;
  /** Called when the list has failed. */
  onListFailure: (failure: ReadFailure) => void;
  /** Reads a second that the workspace's quota allows. */
  readsPerSecond: number;
  /** Milliseconds that are left of the operation. */
  remainingMs: () => number;
};

/**
 * Looks up several different participants of one conversation. A participant that the list did not show is read alone
 * before it is reported as not found: the list proves presence, not absence.
 *
 * @returns a result for each lookup; the failure of one lookup does not fail another
 */
export async function readBatch<L extends Lookup>(
  lookups: readonly L[],
  source: BatchSource,
): Promise<Map<L, ReadResult>> {
  const listing = new Listing(lookups);
  const failure = await readPages(listing, lookups.length, source);
  if (failure !== null) source.onListFailure(failure);
  const results = new Map<L, ReadResult>();
  const left: L[] = [];
  for (const lookup of lookups) {
    const participant = listing.find(lookup);
    if (participant === null) left.push(lookup);
    else results.set(lookup, succeed(participant));
  }
  for (const [lookup, result] of await readSingles(left, failure)) results.set(lookup, result);
  return results;
}

/** @returns the failure that ended the list, if one did */
async function readPages(
  listing: Listing,
  wanted: number,
  { readPage, readsPerSecond, remainingMs }: BatchSource,
): Promise<ReadFailure | null> {
  if (readPage === null) return null;
  const beginMs = performance.now();
  for (;;) {
    const { pages } = listing;
    const pageMs = pages === 0 ? 0 : Math.max(1, (performance.now() - beginMs) / pages);
    const known = { wanted, pageMs, readsPerSecond, remainingMs: remainingMs(), ...listing.known() };
    if (nextStep(known) === "singles") return null;
    const page = await readPage(listing.nextPageToken);
    if (!page.ok) return page.failure;
    listing.add(page.value);
  }
}

async function readSingles<L extends Lookup>(
  lookups: readonly L[],
  listFailure: ReadFailure | null,
): Promise<[L, ReadResult][]> {
  if (listFailure !== null && isTheSameForAll(listFailure))
    return lookups.map((lookup) => [lookup, fail(listFailure)]);
  const [first, ...others] = lookups;
  if (first === undefined) return [];
  if (listFailure === null || !mayBeTheSameForAll(listFailure)) return readAtOnce(lookups);
  // Send one read first: if Bird is down, this costs one call instead of one for each lookup.
  const result = await first.readAlone();
  if (!result.ok && isLike(result.failure, listFailure))
    return lookups.map((lookup) => [lookup, fail(result.failure)]);
  return [[first, result], ...(await readAtOnce(others))];
}

function readAtOnce<L extends Lookup>(lookups: readonly L[]): Promise<[L, ReadResult][]> {
  return Promise.all(
    lookups.map(async (lookup): Promise<[L, ReadResult]> => [lookup, await lookup.readAlone()]),
  );
}

/** Whether single reads would fail in the same way. */
function isTheSameForAll(failure: ReadFailure): boolean {
  if (failure.kind === "accessDenied") return failure.reason === "UNAUTHENTICATED";
  return failure.kind === "rateLimited" || failure.kind === "left";
}

/**
 * Whether single reads may fail in the same way, so that one is tried first. After a timeout all are sent at once: there is
 * no time to try one.
 */
function mayBeTheSameForAll(failure: ReadFailure): boolean {
  return failure.kind === "upstream" && failure.reason !== "TIMEOUT";
}

function isLike(one: ReadFailure, other: ReadFailure): boolean {
  return one.kind === "upstream" && other.kind === "upstream" && one.reason === other.reason;
}

/** What the pages of a list have shown so far. */
class Listing {
  pages = 0;
  nextPageToken: string | null = null;
  readonly #wanted: ReadonlySet<string>;
  readonly #found = new Map<string, Participant>();
  /** Lookups that match two different participants: the list does not tell which of them a single read returns. */
  readonly #ambiguous = new Set<string>();
  readonly #tokens = new Set<string>();
  #seen = 0;
  #total: number | null = null;

  constructor(lookups: readonly Lookup[]) {
    this.#wanted = new Set(lookups.map((lookup) => lookup.key));
  }

  known() {
    return {
      left: this.#wanted.size - this.#found.size,
      pages: this.pages,
      seen: this.#seen,
      total: this.#total,
      hasNextPage: this.nextPageToken !== null,
    };
  }

  /** A token that an earlier page had leads to a page that was read, so the list ends there. */
  add({ participants, nextPageToken, total }: ParticipantPage): void {
    for (const participant of participants)
      for (const key of lookupKeysOf(participant)) if (this.#wanted.has(key)) this.#note(key, participant);
    this.pages += 1;
    this.#seen += participants.length;
    this.#total = total;
    this.nextPageToken = nextPageToken === null || this.#tokens.has(nextPageToken) ? null : nextPageToken;
    if (nextPageToken !== null) this.#tokens.add(nextPageToken);
  }

  find({ key }: Lookup): Participant | null {
    return this.#found.get(key) ?? null;
  }

  /** The list changes while its pages are read: an id on two pages is one participant, and the later page counts. */
  #note(key: string, participant: Participant): void {
    const known = this.#found.get(key);
    if (known !== undefined && known.id !== participant.id) {
      this.#ambiguous.add(key);
      this.#found.delete(key);
    } else if (!this.#ambiguous.has(key)) this.#found.set(key, participant);
  }
}

/** The keys of the lookups that a participant matches. */
function lookupKeysOf({ id, contact }: Participant): string[] {
  const { identifierKey, identifierValue } = contact ?? { identifierKey: null, identifierValue: null };
  return identifierKey === null || identifierValue === null
    ? [lookupKey({ id })]
    : [lookupKey({ id }), lookupKey({ key: identifierKey, value: identifierValue })];
}
