// Compares two servers at the same work, in alternating rounds, so that a disturbance of the machine meets both.
import { URL } from "node:url";
import { request } from "undici";
import { startChild } from "./child.js";
import { createLoad } from "./load.js";
import { median, percentile } from "./statistics.js";

/**
 * @typedef {import("./child.js").Child} Child
 * @typedef {{ name: string, start: (upstreamUrl: string) => Promise<Child>, exchange: import("./load.js").Exchange }} Contender
 * @typedef {{ name: string, subject: Contender, baseline: Contender, aim: { figure: "cpu", under: number } | { figure: "throughput", atLeast: number }, connections: number,
 *   launches: number, rounds: number, requestsPerRound: number, warmUpRequests: number,
 *   upstreamEnv?: Record<string, string> }} Scenario
 *   `aim`: how many times the baseline's CPU time per request, or its requests a second; `launches`: how often everything is
 *   started anew, because V8 compiles to faster code in some processes than in others; `rounds`: in each launch
 * @typedef {{ cpuMs: number, perSecond: number, calls: number, latenciesMs: number[] }} Round
 * @typedef {{ name: string, cpuMs: number, perSecond: number, calls: number, p50Ms: number, p99Ms: number }} Figures
 * @typedef {{ subject: Figures, baseline: Figures, ratio: number, ratios: number[] }} Comparison
 */

const upstreamProgram = new URL("programs/upstream.js", import.meta.url);

/**
 * @param {Scenario} scenario
 * @returns {Promise<Comparison>}
 */
export async function compare(scenario) {
  /** @type {{ subject: Round, baseline: Round }[]} */
  const rounds = [];
  for (let launch = 0; launch < scenario.launches; launch += 1) rounds.push(...(await measure(scenario)));
  const figure = scenario.aim.figure === "cpu" ? "cpuMs" : "perSecond";
  const ratios = rounds.map(({ subject, baseline }) => subject[figure] / baseline[figure]);
  return {
    subject: summarize(
      scenario.subject.name,
      rounds.map(({ subject }) => subject),
    ),
    baseline: summarize(
      scenario.baseline.name,
      rounds.map(({ baseline }) => baseline),
    ),
    ratio: median(ratios),
    ratios,
  };
}

/**
 * One launch: starts everything, warms up, measures.
 *
 * @param {Scenario} scenario
 */
async function measure({
  subject,
  baseline,
  upstreamEnv,
  connections,
  rounds,
  requestsPerRound,
  warmUpRequests,
}) {
  const upstream = await startChild(upstreamProgram, { env: upstreamEnv ?? {} });
  const a = await createRunner(subject, upstream.url, connections);
  const b = await createRunner(baseline, upstream.url, connections);
  await a.round(warmUpRequests);
  await b.round(warmUpRequests);
  const measured = [];
  for (let round = 0; round < rounds; round += 1) {
    measured.push({ subject: await a.round(requestsPerRound), baseline: await b.round(requestsPerRound) });
  }
  await Promise.all([a.stop(), b.stop()]);
  await upstream.stop();
  return measured;
}

/**
 * @param {Contender} contender
 * @param {string} upstreamUrl
 * @param {number} connections
 */
async function createRunner({ start, exchange }, upstreamUrl, connections) {
  const server = await start(upstreamUrl);
  const load = createLoad(server.url, connections);
  let next = 0;
  return {
    /**
     * Sends `count` requests, none of which was sent before.
     *
     * @param {number} count
     * @returns {Promise<Round>}
     */
    round: async (count) => {
      const callsBefore = await callsOf(upstreamUrl);
      const before = await server.usage();
      const { seconds, latenciesMs } = await load.send(exchange, next, count);
      const after = await server.usage();
      next += count;
      const cpuMs = (after.cpuMicroseconds - before.cpuMicroseconds) / 1000 / count;
      const calls = ((await callsOf(upstreamUrl)) - callsBefore) / count;
      return { cpuMs, perSecond: count / seconds, calls, latenciesMs };
    },
    stop: async () => {
      await load.close();
      await server.stop();
    },
  };
}

/**
 * How many calls the upstream has had.
 *
 * @param {string} upstreamUrl
 */
async function callsOf(upstreamUrl) {
  const { body } = await request(`${upstreamUrl}/calls`);
  return Number(await body.text());
}

/**
 * @param {string} name
 * @param {readonly Round[]} rounds
 * @returns {Figures}
 */
function summarize(name, rounds) {
  const latenciesMs = rounds.flatMap((round) => round.latenciesMs);
  return {
    name,
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
    perSecond: median(rounds.map(({ perSecond }) => perSecond)),
    calls: median(rounds.map(({ calls }) => calls)),
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
  };
}
