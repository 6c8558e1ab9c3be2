// Hunts for the text that costs most before its execution: random shapes first, then the worst of them, changed again and again.
import process from "node:process";
import { largestLegalText, mutate, randomShape, toText } from "./grammar.js";

/**
 * @typedef {object} Reader
 * @property {(text: string) => boolean} read does what the gateway does with a text before it executes it, and says whether
 * it would
 * @property {(text: string) => void} parse only parses it
 */

/**
 * @typedef {object} Found
 * @property {string} text
 * @property {import("./grammar.js").Shape} shape
 * @property {boolean} isAccepted
 * @property {number} ms of CPU for reading the text
 * @property {number} toLegal how often that is the time of the largest legal text
 * @property {number} toParsing how often it is the time of its own parsing
 */

/** Shorter texts are read in microseconds: their times are no measure of what an attacker can cost. */
const MIN_CHARACTERS = 5_000;

/**
 * @param {Reader} reader
 * @param {{ seed: number, shapes: number, mutations: number }} effort
 * @returns {{ legalMs: number, dearest: Found, dearestRejection: Found | null }}
 */
export function huntForWorstTexts(reader, { seed, shapes, mutations }) {
  const random = createRandom(seed);
  // Until the compiler has seen everything that the largest legal text needs.
  const legalMs = legalMsOf(reader, 40);
  const found = Array.from({ length: shapes }, () => weigh(reader, randomShape(random), legalMs)).filter(
    isLong,
  );
  let dearest = dearestOf(reader, found, "toLegal");
  let dearestRejection = dearestOf(reader, found.filter(isRejected), "toParsing");
  if (dearest === null) throw new Error("no text was long enough");
  for (let time = 0; time < mutations; time++) {
    const from = time % 2 === 0 || dearestRejection === null ? dearest : dearestRejection;
    const mutant = weigh(reader, mutate(from.shape, random), legalMs);
    if (!isLong(mutant)) continue;
    if (mutant.toLegal > dearest.toLegal)
      dearest = better(dearest, again(reader, mutant, "toLegal"), "toLegal");
    if (isRejected(mutant) && mutant.toParsing > (dearestRejection?.toParsing ?? 0))
      dearestRejection = better(dearestRejection, again(reader, mutant, "toParsing"), "toParsing");
  }
  return {
    legalMs,
    dearest: confirm(reader, dearest, "toLegal"),
    dearestRejection: dearestRejection && confirm(reader, dearestRejection, "toParsing"),
  };
}

/**
 * Measures a text three times and takes the least: the cost of a text is constant, and the disturbance by other work on
 * the machine is not.
 *
 * @param {Reader} reader @param {Found} found @param {"toLegal" | "toParsing"} ratio
 */
function confirm(reader, found, ratio) {
  const weighed = Array.from({ length: 3 }, () => again(reader, found, ratio));
  return weighed.reduce((least, one) => (one[ratio] < least[ratio] ? one : least));
}

const legalText = largestLegalText();

/** @param {Reader} reader */
function legalMsOf(reader, repeats = 8) {
  return least(repeats, () => {
    reader.read(unseen(legalText));
  });
}

/**
 * @param {Reader} reader @param {import("./grammar.js").Shape} shape @param {number} legalMs @returns {Found}
 */
function weigh(reader, shape, legalMs, repeats = 2) {
  const text = toText(shape);
  let isAccepted = false;
  const ms = least(repeats, () => {
    isAccepted = reader.read(unseen(text));
  });
  const parseMs = least(repeats, () => {
    reader.parse(text);
  });
  return {
    text,
    shape,
    isAccepted,
    ms,
    toLegal: ms / legalMs,
    toParsing: ms / Math.max(parseMs, 0.001),
  };
}

/**
 * Weighs once more and better, beside the largest legal text: a pause of the machine makes no text the worst, and a text
 * pays as much as that one for the garbage of the texts before it.
 *
 * @param {Reader} reader @param {Found} found @param {"toLegal" | "toParsing"} ratio which ratio is in question
 */
function again(reader, found, ratio) {
  const legalMs = ratio === "toLegal" ? legalMsOf(reader) : found.ms / found.toLegal;
  return weigh(reader, found.shape, legalMs, 8);
}

let texts = 0;

/** A text that no reader remembers. @param {string} text */
function unseen(text) {
  return `${text}#${texts++}`;
}

/** @param {number} repeats @param {() => void} run */
function least(repeats, run) {
  return Math.min(...Array.from({ length: repeats }, () => time(run)));
}

/** Milliseconds of CPU, so other work on the machine does not count. @param {() => void} run */
function time(run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** @param {Found} found */
const isLong = ({ text }) => text.length >= MIN_CHARACTERS;
/** @param {Found} found */
const isRejected = ({ isAccepted }) => !isAccepted;

/**
 * Weighs the dearest ones again: the very dearest may only have been disturbed.
 *
 * @param {Reader} reader @param {readonly Found[]} found @param {"toLegal" | "toParsing"} ratio
 * @returns {Found | null}
 */
function dearestOf(reader, found, ratio) {
  const first = found.toSorted((one, other) => other[ratio] - one[ratio]).slice(0, 8);
  return first
    .map((one) => again(reader, one, ratio))
    .reduce((/** @type {Found | null} */ best, one) => better(best, one, ratio), null);
}

/** @param {Found | null} one @param {Found} other @param {"toLegal" | "toParsing"} ratio */
function better(one, other, ratio) {
  return one !== null && one[ratio] >= other[ratio] ? one : other;
}

/** Numbers that look random and are the same for the same seed (mulberry32). @param {number} seed */
export function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
