// Decides the next step for several lookups in one conversation: read a page of the list, or read each participant alone.
// It is a pure function. docs/batching.md proves its bounds.

/** What is known before a step. Times are in milliseconds. */
export type Known = {
  /** Different lookups in all. */
  wanted: number;
  /** Lookups that no page has shown a participant for yet. */
  left: number;
  /** Pages read so far. */
  pages: number;
  /** Participants on these pages. */
  seen: number;
  /** How many participants the conversation has according to Bird; null where Bird does not say. */
  total: number | null;
  /** Whether the list has another page. */
  hasNextPage: boolean;
  /** The average duration of a page; 0 before the first one. A single read is assumed to take as long. */
  pageMs: number;
  /** Reads a second that the workspace's quota allows. */
  readsPerSecond: number;
  /** What is left of the operation's time. */
  remainingMs: number;
};

/** `page`: read the next page of the list. `singles`: read alone, all at once, what no page has shown. */
export type Step = "page" | "singles";

/** The time, in pages, by which the list may take longer than single reads, if it goes on as expected. */
const PAGES_LONGER = 2;
/** The time, in pages, and the calls that the list may cost beyond single reads, if the next page shows none of the wanted. */
const PAGES_AT_WORST = 3;
/** Milliseconds for which a call counts in the quota. */
const QUOTA_WINDOW_MS = 1040;

/** Prefers few calls, but not at the price of a longer wait. A lookup that is alone in its conversation is a single read. */
export function nextStep(known: Known): Step {
  const { wanted, left, pages, hasNextPage, pageMs, remainingMs } = known;
  if (wanted < 2 || left === 0) return "singles";
  if (pages === 0) return "page";
  const toCome = pagesToCome(known);
  const isCheaper = toCome < left && pages + 1 + left <= wanted + PAGES_AT_WORST;
  const fits = toCome * pageMs < remainingMs;
  if (!hasNextPage || !isCheaper || !fits) return "singles";
  const singlesFit = singlesMs(left, known) < remainingMs;
  return isFastEnough(toCome, known) || !singlesFit ? "page" : "singles";
}

/** Whether the list would take about as long as single reads from the beginning. `toCome` is a number of pages. */
function isFastEnough(toCome: number, known: Known): boolean {
  const { wanted, left, pages, pageMs } = known;
  const inPages = (singles: number) => singlesMs(singles, known) / pageMs;
  const asExpected = pages + toCome;
  const atWorst = pages + 1 + inPages(left);
  return asExpected <= inPages(wanted) + PAGES_LONGER && atWorst <= inPages(wanted) + PAGES_AT_WORST;
}

/** How long `count` single reads take when they are sent together: those above the quota wait for it. */
function singlesMs(count: number, { pageMs, readsPerSecond }: Known): number {
  const waiting = Math.max(0, count - readsPerSecond);
  return pageMs + (waiting / readsPerSecond) * QUOTA_WINDOW_MS;
}

/** How many more pages it takes to find all lookups that are left: estimated from the list's total, else from the hit rate. */
function pagesToCome({ wanted, left, pages, seen, total }: Known): number {
  if (total !== null && seen > 0) return Math.max(1, Math.ceil((total - seen) / (seen / pages)));
  const found = wanted - left;
  return found === 0 ? Infinity : Math.max(1, Math.ceil((left * pages) / found));
}
