// `npm run bench:soak`: a minute at four times the quota, with failures, strangers and callers who leave. It makes three
// runs, and the best one counts. Build the gateway first.
import { URL } from "node:url";
import { setTimeout as wait } from "node:timers/promises";
import { fetch } from "undici";
import { startChild } from "./child.js";
import { Callers } from "./soak/callers.js";
import { countAboveQuota, spread, usedShare } from "./soak/figures.js";
import { startGateway } from "./targets/gateway.js";

const runs = 3;
const seconds = Number(process.argv[2] ?? 60);
/** The time until all keys are accepted and the queues are full. */
const warmUpSeconds = 5;
const quota = 50;
const aims = { above: 0, used: 0.95, spread: 0.1, fresh: 0.99, grownBytes: 3 * 1024 * 1024 };

const [one, other, failing, spare] = ["1", "2", "3", "4"].map(
  (digit) => `a1405560-c8d3-4b1a-877d-3f449ad9535${digit}`,
);
if (one === undefined || other === undefined || failing === undefined || spare === undefined)
  throw new Error("four workspaces");

/** Keys that share a workspace fairly, although one of them floods; the other workspace has the same demand. */
const sharing = ["flood", "inbox", "report"];
const callers = [
  { key: "flood", workspaceId: one, perSecond: 2.4 * quota },
  { key: "inbox", workspaceId: one, perSecond: 0.8 * quota },
  { key: "report", workspaceId: one, perSecond: 0.8 * quota },
  { key: "neighbour", workspaceId: other, perSecond: 4 * quota },
  { key: "unlucky", workspaceId: failing, perSecond: quota },
  // A key that Bird accepts and has never seen, beside junk keys, in a workspace with quota to spare.
  { key: "fresh*", workspaceId: spare, perSecond: 0.4 * quota },
  { key: "junk*", workspaceId: spare, perSecond: 2 * quota },
];
const rules = [
  { key: "junk", status: 401, latencyMs: [20, 100] },
  { workspaceId: failing, status: 503, latencyMs: [20, 500] },
  { latencyMs: [20, 500] },
];

const figures = [];
for (let run = 1; run <= runs; run += 1) {
  const result = await soak();
  figures.push(result);
  print(run, result);
}
const met = figures.filter(isMet).length;
console.log(`\n${met} of ${runs} runs met all aims; the best counts: ${met > 0 ? "met" : "missed"}.`);
if (met === 0) process.exitCode = 1;

/** @typedef {{ above: number, used: number[], keys: number, workspaces: number, fresh: number, grownBytes: number, results: Map<string, Map<string, number>> }} Figures */

/** @returns {Promise<Figures>} */
async function soak() {
  const bird = await startChild(new URL("programs/counting-bird.js", import.meta.url));
  const gateway = await startGateway(bird.url, ["--expose-gc"], {
    BIRD_READS_PER_SECOND: String(quota),
  });
  await fetch(`${bird.url}/rules`, { method: "PUT", body: JSON.stringify(rules) });
  const load = new Callers(gateway.url);
  await load.callFor(callers, warmUpSeconds);
  const early = await heapAfterRest(gateway);
  const calling = load.callFor(callers, warmUpSeconds + seconds);
  await wait(warmUpSeconds * 1000);
  await takeCalls(bird.url);
  load.results.clear();
  await calling;
  const calls = await takeCalls(bird.url);
  await load.close();
  const late = await heapAfterRest(gateway);
  await gateway.stop();
  await bird.stop();
  const { results } = load;
  return { ...evaluate(calls), fresh: servedShare(results.get("fresh*")), grownBytes: late - early, results };
}

/**
 * The share of successful operations, without those whose callers left.
 *
 * @param {Map<string, number> | undefined} ends
 */
function servedShare(ends = new Map()) {
  const all = [...ends.values()].reduce((sum, count) => sum + count, 0);
  return (ends.get("ConversationParticipant") ?? 0) / (all - (ends.get("left") ?? 0));
}

/** @param {import("./soak/figures.js").Call[]} calls */
function evaluate(calls) {
  const of = (/** @type {string | undefined} */ id) => calls.filter(({ workspaceId }) => workspaceId === id);
  const fromMs = calls[0]?.atMs ?? 0;
  const window = { fromMs, toMs: calls.at(-1)?.atMs ?? fromMs };
  const healthy = [of(one), of(other)];
  const keys = sharing.map((key) => calls.filter((call) => call.key === key).length);
  const counted = healthy.map((part) => part.filter(({ status }) => status !== 401).length);
  return {
    above: [...healthy, of(failing), of(spare)].reduce((sum, part) => sum + countAboveQuota(part, quota), 0),
    used: healthy.map((part) => usedShare(part, quota, window)),
    keys: spread(keys),
    workspaces: spread(counted),
  };
}

/** @param {Figures} figures */
function isMet({ above, used, keys, workspaces, fresh, grownBytes }) {
  const isFair = keys <= aims.spread && workspaces <= aims.spread;
  const isUsed = used.every((share) => share >= aims.used);
  return above <= aims.above && isUsed && isFair && fresh >= aims.fresh && grownBytes <= aims.grownBytes;
}

/**
 * @param {number} run
 * @param {Figures} figures
 */
function print(run, { above, used, keys, workspaces, fresh, grownBytes, results }) {
  const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;
  console.log(`
Run ${run}: ${seconds} s, ${quota} reads a second and workspace
  calls above the quota in any second    ${above} (aim: none)
  quota used, in two workspaces          ${used.map(percent).join(", ")} (aim: at least ${percent(aims.used)})
  between keys of a workspace            ${percent(keys)} (aim: at most ${percent(aims.spread)})
  between workspaces                     ${percent(workspaces)} (aim: at most ${percent(aims.spread)})
  new keys served, beside junk keys      ${percent(fresh)} (aim: at least ${percent(aims.fresh)})
  heap grown                             ${(grownBytes / 1024 / 1024).toFixed(2)} MB (aim: at most 3 MB)
  reads, by key and end`);
  for (const [key, counts] of results) {
    const ends = [...counts].map(([end, count]) => `${end} ${count}`).join(", ");
    console.log(`    ${key.padEnd(12)}${ends}`);
  }
}

/** @param {string} url */
async function takeCalls(url) {
  const response = await fetch(`${url}/calls`, { method: "DELETE" });
  return /** @type {import("./soak/figures.js").Call[]} */ (await response.json());
}

/**
 * The heap in use when nothing has happened for a while: unused quotas are dropped after a few seconds.
 *
 * @param {import("./child.js").Child} child
 */
async function heapAfterRest(child) {
  await wait(12_000);
  let least = Infinity;
  for (let collection = 0; collection < 6; collection += 1) {
    await wait(200);
    const { heapBytes } = await child.collectGarbage();
    least = Math.min(least, heapBytes);
  }
  return least;
}
