// Generates texts of operations from a grammar: legal, illegal and hostile ones. A few numbers determine each text.
import { mistakes } from "./mistakes.js";

/** The longest text in characters: the limit of a request body. */
const MAX_CHARACTERS = 100_000;

const place = `workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352", conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418"`;

const everyField = `{ __typename
  ... on ConversationParticipant { workspaceId conversationId id type status displayName avatarUrl
    contact { identifierKey identifierValue platformAddress platformAddressSelector } conversation { workspaceId id } }
  ... on BirdError { code message details }
  ... on ValidationError { fieldErrors { path messages } }
  ... on AccessDeniedError { accessDeniedReason }
  ... on RateLimitedError { retryAfterSeconds }
  ... on UpstreamError { upstreamReason retryable outcome } }`;

/**
 * The largest legal operation: a hundred lookups with every field written out.
 *
 * @param {string} seed makes another text of the same size of it
 */
export function largestLegalText(seed = "") {
  const lookups = Array.from(
    { length: 100 },
    (_, index) =>
      `a${index}: conversationParticipant(${place}, key: "emailaddress", value: "customer-${index}${seed}@example.com") ${everyField}`,
  );
  return `{ ${lookups.join("\n")} }`;
}

/**
 * What a text is made of. Numbers say how often.
 *
 * @typedef {object} Shape
 * @property {number} operations
 * @property {number} rootFields in each operation
 * @property {number} sameRoots how many of them have one name
 * @property {number} levels of fields
 * @property {number} width fields in a selection set
 * @property {number} repeats of each of them
 * @property {number} inline levels of inline fragments around each selection set
 * @property {number} inlineRepeats how often a selection set is written in inline fragments beside each other
 * @property {number} fragments
 * @property {number} spreads in a selection set
 * @property {number} stride how many fragments later the spreads of each selection set begin than those of the one before
 * @property {number} chain how many other fragments a fragment spreads
 * @property {number} directives on a field
 * @property {number} variables
 * @property {number} items in a list
 * @property {number} valueLevels of lists and objects in a value
 * @property {number} strings characters in a text
 * @property {number} ignored characters that mean nothing
 * @property {number} introspections
 * @property {number} aliases 0: none, 1: where names would repeat, 2: everywhere
 * @property {number} wrong what is not in the schema: 0 nothing, 1 one field at the end, 2 names everywhere
 * @property {number} mistake which of the mistakes is added to the text, counted from 1; 0 for none
 * @property {number} mistakeFirst 1: it stands at the beginning of the text, 0: at its end
 * @property {number} seed
 */

/** @type {Record<keyof Shape, readonly number[]>} */
const alphabet = {
  operations: [1, 1, 1, 2, 5, 10, 11, 300],
  rootFields: [1, 1, 5, 20, 50, 100, 101, 2000],
  sameRoots: [1, 1, 2, 5, 20, 21],
  levels: [1, 1, 2, 3, 5, 7, 8, 40, 1000],
  width: [1, 2, 5, 8, 20, 100, 500, 5000],
  repeats: [1, 1, 1, 2, 5, 20, 21, 500],
  inline: [0, 0, 0, 1, 3, 10, 30, 59, 300, 1500],
  inlineRepeats: [1, 1, 1, 2, 5, 20, 200],
  fragments: [0, 0, 0, 1, 5, 20, 50, 100, 101],
  spreads: [0, 0, 1, 2, 5, 20, 100],
  stride: [0, 0, 1, 2, 7],
  chain: [0, 0, 1, 2, 10, 50, 99],
  directives: [0, 0, 0, 0, 1, 2, 10, 100, 1000],
  variables: [0, 0, 0, 1, 50, 100, 500, 3000],
  items: [0, 0, 1, 10, 100, 101, 3000],
  valueLevels: [0, 0, 0, 1, 5, 30, 59, 2000],
  strings: [0, 0, 10, 1000, 90_000],
  ignored: [0, 0, 0, 1, 100, 90_000],
  introspections: [0, 0, 0, 0, 1, 5, 6, 100],
  aliases: [0, 1, 1, 2],
  wrong: [0, 0, 0, 0, 1, 2],
  mistake: [0, 0, 0, ...mistakes.map((_, index) => index + 1)],
  mistakeFirst: [0, 1],
  seed: [0, 1, 2, 3, 4, 5, 6, 7],
};

const names = /** @type {(keyof Shape)[]} */ (Object.keys(alphabet));

/** A text that is valid and not large. @type {Shape} */
const modest = {
  operations: 1,
  rootFields: 20,
  sameRoots: 1,
  levels: 1,
  width: 8,
  repeats: 1,
  inline: 0,
  inlineRepeats: 1,
  fragments: 0,
  spreads: 0,
  stride: 0,
  chain: 0,
  directives: 0,
  variables: 0,
  items: 0,
  valueLevels: 0,
  strings: 0,
  ignored: 0,
  introspections: 0,
  aliases: 1,
  wrong: 0,
  mistake: 0,
  mistakeFirst: 0,
  seed: 0,
};

/**
 * The shape of a small text in which one to six numbers are changed.
 *
 * @param {() => number} random
 */
export function randomShape(random) {
  const shape = { ...modest };
  for (let times = 1 + Math.floor(random() * 6); times > 0; times--) {
    const name = pick(names, random);
    shape[name] = pick(alphabet[name], random);
  }
  return shape;
}

/** The same but for one to three of its numbers. @param {Shape} shape @param {() => number} random */
export function mutate(shape, random) {
  const mutant = { ...shape };
  for (let times = 1 + Math.floor(random() * 3); times > 0; times--) {
    const name = pick(names, random);
    mutant[name] =
      random() < 0.5 ? pick(alphabet[name], random) : Math.round(mutant[name] * (0.5 + random() * 1.5));
  }
  return mutant;
}

/** @template T @param {readonly T[]} items @param {() => number} random @returns {T} */
function pick(items, random) {
  return /** @type {T} */ (items[Math.floor(random() * items.length)]);
}

/** Thrown to end a text that has become too long. */
class TooLong extends Error {}

/**
 * Writes the text of a shape, at most 100,000 characters of it. A text that would be longer is closed where it ends.
 *
 * @param {Shape} shape
 */
export function toText(shape) {
  return new Writer(shape).write();
}

class Writer {
  #room = MAX_CHARACTERS;
  #text = "";
  #open = "";
  #aliases = 0;
  #used = 0;
  #firstSpread = 0;
  #inFragment = false;
  /** @type {Shape} */
  #shape;

  /** @param {Shape} shape */
  constructor(shape) {
    this.#shape = shape;
  }

  write() {
    const { operations, fragments, ignored, mistake, mistakeFirst } = this.#shape;
    const [, , added = ""] = mistakes[mistake - 1] ?? [];
    if (mistakeFirst === 1) this.#put(`${added} `);
    else this.#room -= added.length + 1;
    try {
      this.#put("#,\n".repeat(ignored / 3));
      for (let index = 0; index < operations; index++) this.#operation(index);
      for (let index = 0; index < fragments; index++) this.#fragment(index);
    } catch (error) {
      // A text whose nesting overflows this writer's stack also ends there.
      if (!(error instanceof TooLong) && !(error instanceof RangeError)) throw error;
    }
    const text = this.#text + this.#open.split("").toReversed().join("");
    return mistakeFirst === 1 ? text : `${text} ${added}`;
  }

  /** @param {string} text */
  #put(text) {
    if (this.#text.length + text.length + this.#open.length > this.#room) throw new TooLong();
    this.#text += text;
  }

  /** @param {string} open @param {string} close @param {() => void} content */
  #within(open, close, content) {
    this.#put(open);
    this.#open += close;
    content();
    this.#open = this.#open.slice(0, -1);
    this.#text += close;
  }

  /** @param {number} index */
  #operation(index) {
    const { rootFields, sameRoots, variables, items, introspections, fragments, spreads, wrong } =
      this.#shape;
    this.#put(`query Q${index}`);
    if (variables > 0)
      this.#within("(", ")", () => {
        for (let at = 0; at < variables; at++) this.#put(`$v${at}: String! `);
        if (items > 0) this.#put("$list: [ParticipantIdentifierInput!]! ");
      });
    this.#within("{", "}", () => {
      for (let at = 0; at < introspections; at++) {
        this.#put(`i${at}: __schema`);
        this.#within("{", "}", () => {
          this.#put("types { name fields { name type { name ofType { name } } } } ");
        });
      }
      for (let at = 0; at < rootFields; at++) {
        if (rootFields > 1) this.#put(`r${Math.floor(at / sameRoots)}:`);
        this.#lookup("conversationParticipant", 1);
      }
      // Every fragment is used: those that are spread nowhere else are spread here.
      if (spreads < fragments) {
        this.#put(`f:conversationParticipant(${place} key: "k" value: "v")`);
        this.#within("{", "}", () => {
          for (let at = spreads; at < fragments; at++) this.#put(`...F${at} `);
        });
      }
      if (wrong === 1) this.#put("nope ");
    });
  }

  /** @param {number} index */
  #fragment(index) {
    const { chain, fragments } = this.#shape;
    this.#put(`fragment F${index} on ConversationParticipant`);
    this.#within("{", "}", () => {
      this.#inFragment = true;
      this.#fields(1);
      this.#inFragment = false;
      for (let at = index + 1; at <= Math.min(index + chain, fragments - 1); at++) this.#put(`...F${at} `);
    });
  }

  /** @param {string} field @param {number} level */
  #lookup(field, level) {
    const { variables, items, strings } = this.#shape;
    const asList = items > 0;
    const names = level === 1 ? ["conversationParticipants", field] : ["participantsByIdentifier", field];
    const key = variables > 0 ? `$v${this.#used++ % variables}` : `"k${"x".repeat(strings)}"`;
    this.#put(/** @type {string} */ (names[asList ? 0 : 1]));
    this.#within("(", ")", () => {
      this.#put(level === 1 ? `${place} ` : "");
      if (!asList) this.#put(`key: ${key} value: ${key} `);
      else if (variables > 0 && level > 1) this.#put("identifiers: $list ");
      else {
        this.#put("identifiers: ");
        this.#within("[", "]", () => {
          for (let at = 0; at < items; at++) this.#put(`{key:${key} value:${key}}`);
        });
      }
      this.#value();
    });
    this.#directives();
    this.#within("{", "}", () => {
      this.#put("... on ConversationParticipant");
      this.#within("{", "}", () => {
        this.#fields(level);
      });
    });
  }

  #value() {
    const { valueLevels } = this.#shape;
    if (valueLevels === 0) return;
    this.#put("nested:");
    this.#levels(valueLevels, "[", "]", () => {
      this.#put("1");
    });
  }

  /** @param {number} levels @param {string} open @param {string} close @param {() => void} content */
  #levels(levels, open, close, content) {
    for (let level = 0; level < levels; level++) {
      this.#put(open);
      this.#open += close;
    }
    content();
    this.#open = this.#open.slice(0, this.#open.length - levels);
    this.#text += close.repeat(levels);
  }

  #directives() {
    const { directives, wrong } = this.#shape;
    for (let at = 0; at < directives; at++) this.#put(wrong === 2 ? `@d${at} ` : "@include(if: true) ");
  }

  /** @param {number} level */
  #fields(level) {
    const { inline, inlineRepeats } = this.#shape;
    for (let at = 0; at < inlineRepeats; at++)
      if (inline === 0 && at === 0) this.#plainFields(level);
      else {
        const levels = Math.max(1, inline);
        for (let one = 0; one < levels; one++) {
          this.#put(one % 2 === 0 ? "...{" : "... on ConversationParticipant{");
          this.#open += "}";
        }
        this.#plainFields(level);
        this.#open = this.#open.slice(0, this.#open.length - levels);
        this.#text += "}".repeat(levels);
      }
  }

  /** @param {number} level */
  #plainFields(level) {
    const { width, repeats, levels, wrong, seed } = this.#shape;
    for (let at = 0; at < width; at++)
      for (let time = 0; time < repeats; time++) {
        const isComposite = (at + seed) % 4 === 0;
        if (isComposite && level < levels) this.#deeper(at, time, level);
        else if (isComposite) this.#alias(at, "contact{identifierKey identifierValue platformAddress}");
        else
          this.#alias(
            at,
            wrong === 2 ? `f${at}` : /** @type {string} */ (leaves[(at + seed) % leaves.length]),
          );
      }
    if (!this.#inFragment) this.#spreads();
  }

  #spreads() {
    const { fragments, spreads, stride } = this.#shape;
    for (let at = 0; at < Math.min(spreads, fragments); at++)
      this.#put(`...F${(this.#firstSpread + at) % fragments} `);
    this.#firstSpread += stride;
  }

  /** @param {number} at @param {number} time @param {number} level */
  #deeper(at, time, level) {
    // Only one field has a deeper selection set: otherwise a text would be full after a few levels.
    if (at > 4 || (time > 0 && level > 3)) return;
    this.#alias(at, "conversation");
    this.#within("{", "}", () => this.#lookup("participant", level + 1));
  }

  /** @param {number} at @param {string} field */
  #alias(at, field) {
    const { aliases } = this.#shape;
    if (aliases === 2) this.#put(`a${this.#aliases++}:${field} `);
    else if (aliases === 1 && at >= leaves.length) this.#put(`a${at}:${field} `);
    else this.#put(`${field} `);
  }
}

const leaves = [
  "id",
  "status",
  "type",
  "displayName",
  "avatarUrl",
  "workspaceId",
  "conversationId",
  "__typename",
];
