// `npm run bench:texts`: hunts for the texts that cost most before they are executed, and prints them. `--short` is what
// the tests run.
import process from "node:process";
import { huntForWorstTexts } from "./worst-text/hunt.js";

// As in production: graphql-js checks its own classes at more expense otherwise. It looks when it is loaded.
process.env["NODE_ENV"] = "production";
const { createReader } = await import("./worst-text/reader.js");

const isShort = process.argv.includes("--short");
const seeds = isShort ? [7] : [1, 2, 3];
const effort = isShort ? { shapes: 80, mutations: 160 } : { shapes: 1000, mutations: 3000 };
const MAX_TO_LEGAL = 2;
const MAX_TO_PARSING = 3;

const reader = createReader();

for (const seed of seeds) {
  const { legalMs, dearest, dearestRejection } = huntForWorstTexts(reader, { seed, ...effort });
  console.log(
    `\nHunt with seed ${seed}: the largest legal text takes ${legalMs.toFixed(1)} ms before its execution.`,
  );
  print("The dearest text", dearest);
  if (dearestRejection !== null) print("The dearest rejection", dearestRejection);
  const isMet = dearest.toLegal <= MAX_TO_LEGAL && (dearestRejection?.toParsing ?? 0) <= MAX_TO_PARSING;
  console.log(
    `Allowed: ${MAX_TO_LEGAL} times the largest legal text, ${MAX_TO_PARSING} times its own parsing for a rejected one. ${isMet ? "Met" : "Missed"}.`,
  );
  if (!isMet) process.exitCode = 1;
}

/** @param {string} what @param {import("./worst-text/hunt.js").Found} found */
function print(what, { text, shape, isAccepted, ms, toLegal, toParsing }) {
  console.log(
    `${what}, ${isAccepted ? "accepted" : "rejected"}: ${text.length} characters, ${ms.toFixed(1)} ms, ${toLegal.toFixed(2)} times the largest legal text, ${toParsing.toFixed(2)} times its own parsing`,
  );
  console.log(`  ${text.slice(0, 200).replaceAll(/\s+/g, " ")}…`);
  console.log(`  ${JSON.stringify(shape)}`);
}
