// The small language that asks for a fault: `latency=200;status=503;retry-after=1`.

/** How one request goes wrong. */
export type Fault = {
  readonly latencyMs: number;
  readonly effect: FaultEffect;
  /** The request is carried out first, and only its response goes wrong. */
  readonly applied: boolean;
  /** What is unusual about a response that is right, or wrong in another way. */
  readonly oddities: readonly Oddity[];
};

/** What replaces the normal response. */
type FaultEffect =
  { readonly kind: "none" } | { readonly kind: "reset" } | { readonly kind: "hang" } | FaultyResponse;

/** What proxies, dead connections and other versions of an API do to a response. `oddities.ts` does it. */
export type Oddity = (typeof oddityWords)[number];

/** A response of a failing Bird, or of a proxy in front of it. */
export type FaultyResponse = {
  readonly kind: "response";
  readonly status: number;
  readonly body: "error" | (typeof bodyWords)[number];
  readonly retryAfter: string | null;
};

/** An invalid fault spec or rule. The message says what is wrong. */
export class InvalidFault extends Error {}

type Words = ReadonlyMap<string, string | null>;

const bodyWords = [
  "malformed",
  "html",
  "empty",
  "blank",
  "platform",
  "messagebird",
  "problem",
  "digits",
] as const;
const effectWords = ["reset", "hang", ...bodyWords] as const;
const oddityWords = [
  "stale",
  "continue",
  "twice",
  "bom",
  "raw-deflate",
  "latin1",
  "null-results",
  "no-total",
] as const;
const flagWords: readonly string[] = [...effectWords, ...oddityWords, "applied"];
const valueWords: Readonly<Record<string, RegExp>> = {
  latency: /^\d{1,6}$/,
  status: /^[2-5]\d\d$/,
  // Any header value: a wrong Retry-After is a fault, too.
  "retry-after": /^[ -~]+$/,
};

/**
 * Reads a fault spec.
 *
 * @throws InvalidFault when a word is unknown, given twice, has a bad value, or contradicts another
 */
export function parseFault(spec: string): Fault {
  const words = toWords(spec);
  const effect = toEffect(words);
  if (words.has("applied") && effect.kind === "none") {
    throw new InvalidFault(
      'Fault "applied" needs something that goes wrong after it, as in "reset;applied".',
    );
  }
  const latencyMs = Number(words.get("latency") ?? 0);
  const oddities = oddityWords.filter((word) => words.has(word));
  return { latencyMs, effect, applied: words.has("applied"), oddities };
}

function toWords(spec: string): Words {
  const words = new Map<string, string | null>();
  for (const part of spec.split(";")) {
    const [name, value] = toWord(part.trim());
    if (words.has(name)) throw new InvalidFault(`Fault "${name}" is given twice.`);
    words.set(name, value);
  }
  return words;
}

function toWord(part: string): [name: string, value: string | null] {
  if (flagWords.includes(part)) return [part, null];
  const [, name = "", value = ""] = /^([a-z-]+)=(.*)$/s.exec(part) ?? [];
  const allowed = Object.hasOwn(valueWords, name) ? valueWords[name] : undefined;
  if (allowed === undefined) {
    throw new InvalidFault(
      `Unknown fault "${part}": use latency=<ms>, status=<code>, retry-after=<value>, ${flagWords.join(", ")}.`,
    );
  }
  if (!allowed.test(value)) throw new InvalidFault(`Bad value in fault "${part}": ${rangeOf(name)}.`);
  return [name, value];
}

function rangeOf(name: string): string {
  if (name === "latency") return "milliseconds, from 0 to 999999";
  if (name === "status") return "a status from 200 to 599";
  return "what can stand in a header";
}

function toEffect(words: Words): FaultEffect {
  const [effect, another] = effectWords.filter((word) => words.has(word));
  if (another !== undefined)
    throw new InvalidFault(`Faults "${effect}" and "${another}" exclude each other.`);
  const status = words.get("status") ?? null;
  const retryAfter = words.get("retry-after") ?? null;
  if (retryAfter !== null && status === null) throw new InvalidFault('Fault "retry-after" needs "status".');
  if (effect === "reset" || effect === "hang") {
    if (status !== null) throw new InvalidFault(`Faults "${effect}" and "status" exclude each other.`);
    return { kind: effect };
  }
  if (effect === undefined && status === null) return { kind: "none" };
  return { kind: "response", status: Number(status ?? 200), body: effect ?? "error", retryAfter };
}
