// Calculates the figures of a soak from the calls that reached Bird.

/** @typedef {import("../programs/counting-bird.js").Call} Call */

/**
 * How many calls a Bird that allows n in any second would have answered 429. It does not count what it answers 401.
 *
 * @param {readonly Call[]} calls of one workspace, in the order in which they arrived
 * @param {number} quota
 */
export function countAboveQuota(calls, quota) {
  /** @type {number[]} */
  const taken = [];
  let above = 0;
  for (const { atMs, status } of calls) {
    if (status === 401) continue;
    const nth = taken[taken.length - quota];
    if (nth !== undefined && atMs - nth < 1000) above += 1;
    else taken.push(atMs);
  }
  return above;
}

/**
 * The share of the quota that was used.
 *
 * @param {readonly Call[]} calls of one workspace
 * @param {number} quota
 * @param {{ fromMs: number, toMs: number }} window
 */
export function usedShare(calls, quota, { fromMs, toMs }) {
  const counted = calls.filter(({ atMs, status }) => status !== 401 && atMs >= fromMs && atMs < toMs);
  return counted.length / ((quota * (toMs - fromMs)) / 1000);
}

/**
 * The difference between the largest and the smallest number, as a share of the smallest.
 *
 * @param {readonly number[]} counts
 */
export function spread(counts) {
  return Math.max(...counts) / Math.min(...counts) - 1;
}
