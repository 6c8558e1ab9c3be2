// The callers of the soak: each key asks at its own rate, whether or not it is answered, and some of them leave.
import { performance } from "node:perf_hooks";
import { setInterval, clearInterval, setTimeout } from "node:timers";
import { setTimeout as wait } from "node:timers/promises";
import { Pool } from "undici";

/**
 * @typedef {object} Caller
 * @property {string} key a new one for each operation where it ends with `*`
 * @property {string} workspaceId
 * @property {number} perSecond reads
 */

/** How many participants an operation reads. Each is of another conversation, so a list cannot replace the single reads. */
const LOOKUPS = 4;
const lookups = Array.from({ length: LOOKUPS }, (_, index) => {
  const conversationId = `02ec2ac2-ebec-42d3-a5f4-e6f3a9edf41${index}`;
  const address = `workspaceId: $workspaceId, conversationId: "${conversationId}", key: "emailaddress", value: $value`;
  return `a${index}: conversationParticipant(${address}) { __typename ... on BirdError { code } }`;
});
const query = `query ($workspaceId: ID!, $value: String!) { ${lookups.join(" ")} }`;
/** More than can wait at the gateway at once. */
const CONNECTIONS = 500;
const TICK_MS = 10;
/** The share of callers who leave before they are answered, and when at the latest. */
const LEAVING = 0.05;
const LEAVES_AFTER_MS = 1000;

export class Callers {
  /** The number of reads by key and by how they ended. @type {Map<string, Map<string, number>>} */
  results = new Map();
  /** @type {Pool} */
  #pool;
  #sent = 0;
  /** @type {Set<Promise<void>>} */
  #open = new Set();

  /** @param {string} url */
  constructor(url) {
    this.#pool = new Pool(url, { connections: CONNECTIONS, pipelining: 1 });
  }

  /**
   * Calls for so many seconds. After a late tick, the next tick makes up for the missing calls.
   *
   * @param {readonly Caller[]} callers
   * @param {number} seconds
   */
  async callFor(callers, seconds) {
    const begin = performance.now();
    const made = callers.map(() => 0);
    const timer = setInterval(() => {
      const elapsed = Math.min(seconds * 1000, performance.now() - begin);
      callers.forEach((caller, index) => {
        const due = (elapsed * caller.perSecond) / 1000 / LOOKUPS;
        for (let done = made[index] ?? 0; done < due; done += 1) this.#call(caller);
        made[index] = Math.max(made[index] ?? 0, Math.ceil(due));
      });
    }, TICK_MS);
    await wait(seconds * 1000);
    clearInterval(timer);
  }

  /** Waits for what is still open. */
  async close() {
    await Promise.all(this.#open);
    await this.#pool.close();
  }

  /** @param {Caller} caller */
  #call({ key, workspaceId }) {
    this.#sent += 1;
    const number = this.#sent;
    const sentKey = key.endsWith("*") ? `${key.slice(0, -1)}-${number}` : key;
    const signal = Math.random() < LEAVING ? leaving() : null;
    const operation = this.#send(sentKey, { workspaceId, value: `soak-${number}@example.com` }, signal)
      .catch(() => [signal?.aborted ? "left" : "broken"])
      .then((results) => {
        const counts = this.results.get(key) ?? new Map();
        for (const result of results) counts.set(result, (counts.get(result) ?? 0) + 1);
        this.results.set(key, counts);
        this.#open.delete(operation);
      });
    this.#open.add(operation);
  }

  /**
   * @param {string} key
   * @param {object} variables
   * @param {AbortSignal | null} signal
   * @returns {Promise<string[]>} how each read ended
   */
  async #send(key, variables, signal) {
    const { statusCode, body } = await this.#pool.request({
      method: "POST",
      path: "/graphql",
      headers: { "content-type": "application/json", authorization: `AccessKey ${key}` },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    const text = await body.text();
    if (statusCode !== 200) return [`HTTP ${statusCode}`];
    /** @type {{ code?: string, __typename: string }[]} */
    const results = Object.values(JSON.parse(text).data);
    return results.map((result) => result.code ?? result.__typename);
  }
}

function leaving() {
  const controller = new globalThis.AbortController();
  setTimeout(() => controller.abort(), Math.random() * LEAVES_AFTER_MS);
  return controller.signal;
}
