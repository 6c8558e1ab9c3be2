// The load generator: a closed loop over keep-alive connections, which checks every answer.
import { performance } from "node:perf_hooks";
import { Pool } from "undici";

/**
 * @typedef {{ path: string, body: object }} Request sent as POST; `body` as JSON
 * @typedef {{ __typename?: string, contact?: { identifierValue?: string } | null }} Participant
 * @typedef {{ conversationParticipant?: Participant, updateParticipantStatus?: Participant }} Fields
 * @typedef {Participant & { data: Fields & Record<string, Participant> }} Answer of a gateway (`data`) or of the REST proxy
 * @typedef {{ toRequest: (n: number) => Request, isRight: (answer: Answer, n: number) => boolean, keyOf?: (n: number) => string }} Exchange
 *   what the nth request is, whether the body of a 200 is the answer to it, and the access key it comes with
 * @typedef {{ seconds: number, latenciesMs: number[] }} Sent
 * @typedef {{ send: (exchange: Exchange, first: number, count: number) => Promise<Sent>, close: () => Promise<void> }} Load
 */

/** `accept` is what `fetch` sends by itself. */
const headers = { accept: "*/*", "content-type": "application/json" };

/**
 * @param {string} url
 * @param {number} connections each sends its next request when it has the answer to the last one
 * @returns {Load}
 */
export function createLoad(url, connections) {
  const pool = new Pool(url, { connections, pipelining: 1 });
  return {
    send: async (exchange, first, count) => {
      /** @type {number[]} */
      const latenciesMs = [];
      const begin = performance.now();
      let next = first;
      const sendAll = async () => {
        while (next < first + count) latenciesMs.push(await sendOne(pool, exchange, next++));
      };
      await Promise.all(Array.from({ length: connections }, sendAll));
      return { seconds: (performance.now() - begin) / 1000, latenciesMs };
    },
    close: () => pool.close(),
  };
}

/**
 * @param {Pool} pool
 * @param {Exchange} exchange
 * @param {number} n
 * @returns {Promise<number>} milliseconds
 */
async function sendOne(pool, exchange, n) {
  const { path, body } = exchange.toRequest(n);
  const authorization = `AccessKey ${exchange.keyOf?.(n) ?? "bench"}`;
  const begin = performance.now();
  const answer = await pool.request({
    method: "POST",
    path,
    headers: { ...headers, authorization },
    body: JSON.stringify(body),
  });
  const text = await answer.body.text();
  const latencyMs = performance.now() - begin;
  if (answer.statusCode !== 200 || !exchange.isRight(JSON.parse(text), n))
    throw new Error(`Request ${n} got a wrong answer: ${answer.statusCode} ${text}`);
  return latencyMs;
}
