// The issuer's public keys: fetched when they are needed, and which of them may have signed a token.
import { createLocalJWKSet, errors, type CryptoKey, type JWSHeaderParameters } from "jose";
import * as events from "../observability/events.ts";

const FETCH_TIMEOUT_MS = 3000;
/** How long keys are used before they are fetched again. */
const MAX_AGE_MS = 600_000;
/** How often an unknown key id may make the gateway fetch the keys again: callers choose the ids. */
const COOLDOWN_MS = 30_000;
/** How soon a failed fetch is tried again: callers choose how often a token has to be checked. */
const RETRY_MS = 1000;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The keys cannot be fetched. This says nothing about the token. */
export class SigningKeysUnavailable extends Error {}

export class SigningKeys {
  readonly #url: URL;
  #keys: KeySet | null = null;
  #fetchedAt = -Infinity;
  #failedAt = -Infinity;
  /** Whether the last fetch failed: an outage is logged once, when it begins. */
  #isOut = false;
  #fetch: Promise<KeySet> | null = null;

  constructor(url: URL) {
    this.#url = url;
  }

  /**
   * Every key that fits the key id, if the token has one, and the algorithm.
   *
   * @returns none where no key fits
   * @throws SigningKeysUnavailable
   */
  async find(header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
    const known = this.#keys !== null && !this.#isOlderThan(MAX_AGE_MS) ? this.#keys : await this.#refresh();
    const found = await select(known, header);
    return found.length > 0 || !this.#isOlderThan(COOLDOWN_MS)
      ? found
      : select(await this.#refresh(), header);
  }

  #isOlderThan(ageMs: number): boolean {
    return performance.now() - this.#fetchedAt > ageMs;
  }

  /** Fetches the keys, or joins the fetch that is under way. */
  #refresh(): Promise<KeySet> {
    if (performance.now() - this.#failedAt < RETRY_MS) return Promise.reject(new SigningKeysUnavailable());
    this.#fetch ??= this.#fetchKeys().finally(() => {
      this.#fetch = null;
    });
    return this.#fetch;
  }

  async #fetchKeys(): Promise<KeySet> {
    try {
      const keys = await fetchKeySet(this.#url);
      this.#keys = keys;
      this.#fetchedAt = performance.now();
      this.#isOut = false;
      return keys;
    } catch (error) {
      this.#failedAt = performance.now();
      if (!this.#isOut) events.signingKeysUnavailable({ error });
      this.#isOut = true;
      throw new SigningKeysUnavailable();
    }
  }
}

async function fetchKeySet(url: URL): Promise<KeySet> {
  const response = await fetch(url, {
    headers: { accept: "application/jwk-set+json, application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  const body: unknown = response.status === 200 ? await response.json() : null;
  if (!isKeySet(body)) throw new TypeError("The issuer's answer is no key set.");
  return createLocalJWKSet(body);
}

/** As far as it matters here: jose looks at each key when it is needed. */
function isKeySet(value: unknown): value is Parameters<typeof createLocalJWKSet>[0] {
  return typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys);
}

async function select(keys: KeySet, header: JWSHeaderParameters): Promise<readonly CryptoKey[]> {
  try {
    return [await keys(header)];
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return [];
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    const several: CryptoKey[] = [];
    for await (const key of error) several.push(key);
    return several;
  }
}
