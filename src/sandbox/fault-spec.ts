// The small language in which a misbehaviour is asked for: `latency=200;status=503;retry-after=1`.

/** How one request is to go wrong. */
export type Fault = {
  readonly latencyMs: number;
  readonly outcome: FaultOutcome;
  /** The request is carried out first; only its answer goes wrong. */
  readonly applied: boolean;
};

/** What takes the place of the normal answer. */
export type FaultOutcome =
  { readonly kind: "none" } | { readonly kind: "reset" } | { readonly kind: "hang" } | FaultyAnswer;

/** An answer that Bird, or a proxy before it, would not give on a good day. */
export type FaultyAnswer = {
  readonly kind: "answer";
  readonly status: number;
  readonly body: "error" | "malformed" | "html" | "empty";
  readonly retryAfter: string | null;
};

/** A fault that was asked for in a way that makes no sense; the message says what is wrong. */
export class InvalidFault extends Error {}

type Words = ReadonlyMap<string, string | null>;

const outcomeWords = ["reset", "hang", "malformed", "html", "empty"] as const;
const flagWords: readonly string[] = [...outcomeWords, "applied"];
const valueWords: Readonly<Record<string, RegExp>> = {
  latency: /^\d{1,6}$/,
  status: /^[2-5]\d\d$/,
  // Whatever can stand in a header: a wrong Retry-After is worth a try, too.
  "retry-after": /^[ -~]+$/,
};

/** Reads a fault spec. Throws InvalidFault. */
export function parseFault(spec: string): Fault {
  const words = toWords(spec);
  const outcome = toOutcome(words);
  if (words.has("applied") && outcome.kind === "none") {
    throw new InvalidFault(
      'Fault "applied" needs something that goes wrong after it, as in "reset;applied".',
    );
  }
  return { latencyMs: Number(words.get("latency") ?? 0), outcome, applied: words.has("applied") };
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

function toOutcome(words: Words): FaultOutcome {
  const [outcome, another] = outcomeWords.filter((word) => words.has(word));
  if (another !== undefined)
    throw new InvalidFault(`Faults "${outcome}" and "${another}" exclude each other.`);
  const status = words.get("status") ?? null;
  const retryAfter = words.get("retry-after") ?? null;
  if (retryAfter !== null && status === null) throw new InvalidFault('Fault "retry-after" needs "status".');
  if (outcome === "reset" || outcome === "hang") {
    if (status !== null) throw new InvalidFault(`Faults "${outcome}" and "status" exclude each other.`);
    return { kind: outcome };
  }
  if (outcome === undefined && status === null) return { kind: "none" };
  return { kind: "answer", status: Number(status ?? 200), body: outcome ?? "error", retryAfter };
}
