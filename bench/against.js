// `npm run bench:against -- <directory>`: compares this gateway with another version of it, built in that directory.
import { resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { compare } from "./compare.js";
import { hotParticipant } from "./scenarios/hot-participant.js";
import { hundredAliases } from "./scenarios/hundred-aliases.js";
import { keyForEachCaller, moreKeysThanConnections } from "./scenarios/key-for-each-caller.js";
import { singleParticipant } from "./scenarios/single-participant.js";
import { startProgram } from "./targets/gateway.js";

const scenarios = [
  singleParticipant,
  keyForEachCaller,
  moreKeysThanConnections,
  hundredAliases,
  hotParticipant,
];

const [directory] = process.argv.slice(2);
if (directory === undefined) {
  console.error("Name the directory of another version, with `npm ci` and `npm run build` done in it.");
  process.exit(2);
}
const startOther = startProgram(pathToFileURL(resolve(directory, "dist/main.js")));

console.log("CPU time per request of this version, as a multiple of the other version's:\n");
for (const scenario of scenarios) {
  const { name, subject } = scenario;
  /** @type {import("./compare.js").Contender} */
  const baseline = { ...subject, name: "other version", start: startOther };
  const comparison = await compare({ ...scenario, aim: { figure: "cpu", under: 1 }, subject, baseline });
  const { ratio, ratios } = comparison;
  const spread = `rounds ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const cpu = [comparison.subject, comparison.baseline].map(({ cpuMs }) => `${(cpuMs * 1000).toFixed(0)} µs`);
  console.log(`  ${name}: ${ratio.toFixed(2)} (${spread}; ${cpu.join(" against ")})`);
}
