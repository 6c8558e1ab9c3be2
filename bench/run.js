// `npm run bench`: runs every scenario and prints a table for each. Build the gateway first.
import { compare } from "./compare.js";
import { hotParticipant } from "./scenarios/hot-participant.js";
import { hundredAliases, hundredAliasesAtQuota } from "./scenarios/hundred-aliases.js";
import { keyForEachCaller, moreKeysThanConnections } from "./scenarios/key-for-each-caller.js";
import { singleParticipant } from "./scenarios/single-participant.js";

const scenarios = [
  singleParticipant,
  keyForEachCaller,
  moreKeysThanConnections,
  hundredAliasesAtQuota,
  hundredAliases,
  hotParticipant,
];

for (const scenario of scenarios) print(scenario, await compare(scenario));

/**
 * @param {import("./compare.js").Scenario} scenario
 * @param {import("./compare.js").Comparison} comparison
 */
function print(scenario, { subject, baseline, ratio, ratios }) {
  const { name, aim, requestsPerRound, connections } = scenario;
  console.log(
    `\n${name}: ${ratios.length} rounds of ${requestsPerRound} requests, ${connections} connections\n`,
  );
  printRow("", "CPU/request", "calls", "requests/s*", "p50*", "p99*");
  for (const { name, cpuMs, calls, perSecond, p50Ms, p99Ms } of [subject, baseline]) {
    printRow(
      name,
      `${(cpuMs * 1000).toFixed(0)} µs`,
      calls.toFixed(2),
      perSecond.toFixed(0),
      toMs(p50Ms),
      toMs(p99Ms),
    );
  }
  const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const isMet = aim.figure === "cpu" ? ratio < aim.under : ratio >= aim.atLeast;
  const wanted = aim.figure === "cpu" ? `under ${aim.under}` : `at least ${aim.atLeast}`;
  const what = aim.figure === "cpu" ? "CPU ratio" : "Throughput ratio";
  console.log(
    `\n${what} ${ratio.toFixed(2)} (median; rounds ${spread}). Aim: ${wanted}, ${isMet ? "met" : "missed"}.`,
  );
  console.log("* depends on the machine: all processes share its cores. Compare ratios only.");
}

/** @param {number} ms */
function toMs(ms) {
  return `${ms.toFixed(1)} ms`;
}

/**
 * @param {string} title
 * @param {string[]} cells
 */
function printRow(title, ...cells) {
  console.log(`  ${title.padEnd(20)}${cells.map((cell) => cell.padStart(13)).join("")}`);
}
