// The issuer's public keys: fetched regularly, and once more for a token that no known key has signed.
import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import * as events from "../observability/events.ts";
import { fetchJson, KeyFetchError } from "./fetch-json.ts";
import { KeySet } from "./key-set.ts";

/** Milliseconds between two fetches in the background. */
const REFRESH_MS = 300_000;
/** Milliseconds after which a failed fetch is tried again. */
const REFRESH_RETRY_MS = 15_000;
/** Milliseconds for which known keys are used while the issuer cannot be reached. */
const MAX_AGE_MS = 24 * 3_600_000;
/** Milliseconds between two fetches that tokens cause, of all callers together: anyone can send invented tokens. */
const COOLDOWN_MS = 3000;
/** The same while no keys are known, since then no token can be verified. */
const FIRST_COOLDOWN_MS = 1000;

/** Milliseconds for which a token causes no second fetch. After that it may, since the issuer may publish its key late. */
const SEEN_FOR_MS = 60_000;

/** The keys to verify a token cannot be fetched now. The token may be valid. */
export class SigningKeysUnavailable extends Error {}

/** All times are monotonic, so that a change of the system clock has no effect. */
export class SigningKeys {
  readonly #url: URL;
  #known: KeySet | null = null;
  /** When the fetch of the known keys began, and when it ended. */
  #begunAt = -Infinity;
  #fetchedAt = -Infinity;
  /** When a token last caused a fetch, or a fetch failed. */
  #causedAt = -Infinity;
  /**
   * When a token that no known key has signed was first seen, by digest: repeating the token causes no second fetch.
   */
  readonly #seenAt = new LRUCache<string, number>({ max: 1000 });
  #fetch: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Whether the last fetch failed. An outage is logged once, when it begins. */
  #isOut = false;
  #unusable = 0;
  /** Ends the fetch in flight. Each has one of its own: `AbortSignal.any` leaks memory where a signal is kept. */
  #fetching = new AbortController();
  #isClosed = false;

  constructor(url: URL) {
    this.#url = url;
    events.watchSigningKeys(() => (this.#known === null ? null : performance.now() - this.#fetchedAt));
  }

  close(): void {
    this.#isClosed = true;
    // A fetch in flight would keep the process alive for as long as the issuer takes.
    this.#fetching.abort();
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /**
   * The known keys. It waits for a fetch only where there are none.
   *
   * @throws SigningKeysUnavailable
   */
  async known(): Promise<KeySet> {
    if (performance.now() - this.#fetchedAt > MAX_AGE_MS) this.#known = null;
    if (this.#known !== null) return this.#known;
    if (performance.now() - this.#causedAt >= FIRST_COOLDOWN_MS) await this.#fetchOnce();
    return this.#present();
  }

  /**
   * Fetches the keys again for a token that no known key has signed, unless a token caused a fetch a moment ago.
   *
   * @param arrivedAt when the token arrived, as `performance.now()` tells it
   * @returns the newest keys, and whether their fetch began after the token was first seen: then they are decisive for it
   */
  async renewed(token: string, arrivedAt: number): Promise<{ keys: KeySet; areNewer: boolean }> {
    const digest = createHash("sha256").update(token).digest("base64");
    const firstSeenAt = this.#seenAt.get(digest) ?? -Infinity;
    const seenAt = arrivedAt - firstSeenAt > SEEN_FOR_MS ? arrivedAt : firstSeenAt;
    this.#seenAt.set(digest, seenAt);
    if (this.#begunAt < seenAt) await this.#fetchForToken();
    return { keys: this.#present(), areNewer: this.#begunAt >= seenAt };
  }

  #present(): KeySet {
    if (this.#known === null) throw new SigningKeysUnavailable();
    return this.#known;
  }

  /** Fetches because of a token, unless another token has just caused a fetch. */
  async #fetchForToken(): Promise<void> {
    const now = performance.now();
    if (now - this.#causedAt < COOLDOWN_MS) {
      await this.#fetch;
      return;
    }
    this.#causedAt = now;
    // A fetch in flight began before the token arrived, so it may miss the key. Wait for it, then fetch again.
    await this.#fetch;
    await this.#fetchOnce();
  }

  /** From the first fetch on, which a token causes, the keys are fetched in the background. */
  #planNext(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#fetchOnce(), this.#isOut ? REFRESH_RETRY_MS : REFRESH_MS);
    this.#timer.unref();
  }

  /** Fetches the keys, or joins the fetch in flight. It never rejects: after a failure the known keys stay. */
  #fetchOnce(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#fetch ??= this.#fetchKeys().finally(() => {
      this.#fetch = null;
      this.#planNext();
    });
    return this.#fetch;
  }

  async #fetchKeys(): Promise<void> {
    const begunAt = performance.now();
    this.#fetching = new AbortController();
    try {
      const keys = await KeySet.from(await fetchJson(this.#url, this.#fetching.signal));
      if (keys === null) throw new KeyFetchError("not_a_key_set", 200);
      // Without a usable key no token can be decided: none is accepted, and none is denied.
      this.#known = keys.size === 0 ? null : keys;
      this.#begunAt = begunAt;
      this.#fetchedAt = performance.now();
      if (keys.unusable !== this.#unusable)
        events.signingKeysLeftOut({ unusable: keys.unusable, usable: keys.size });
      this.#unusable = keys.unusable;
      if (keys.size === 0) throw new KeyFetchError("no_usable_key", 200);
      if (this.#isOut) events.signingKeysAvailable();
      this.#isOut = false;
    } catch (error) {
      if (!(error instanceof KeyFetchError)) throw error;
      if (this.#isClosed) return;
      const { cause, status } = error;
      events.signingKeysUnavailable({ cause, status, isFirst: !this.#isOut });
      this.#isOut = true;
      this.#causedAt = Math.max(this.#causedAt, begunAt);
    }
  }
}
