// The types of variables: how a text is parsed, and the description of what is allowed.
import { isIP } from "node:net";

/** A type of variable. */
export interface ValueType<Value> {
  /** What is allowed, in words that follow "give". */
  readonly allowed: string;
  /** The value, or undefined where the text is not allowed. */
  readonly parse: (text: string) => Value | undefined;
}

/** Any text, such as a host or a path. */
export function text(allowed: string): ValueType<string> {
  return { allowed, parse: (given) => given };
}

/**
 * An IP address, or a host name (RFC 1123, 2.1) that may also contain `_`, which container networks use. Whether it is one of
 * this machine turns out when the server listens.
 */
export const host: ValueType<string> = {
  allowed: "an address or a name of this machine",
  parse: (given) => (isIP(given) !== 0 || HOST_NAME.test(given) ? given : undefined),
};

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?$/i;

/** One of a few words. */
export function oneOf<const Word extends string>(...words: readonly Word[]): ValueType<Word> {
  const allowed = [words.slice(0, -1).join(", "), ...words.slice(-1)].join(" or ");
  return { allowed, parse: (given) => words.find((word) => word === given) };
}

/**
 * A whole number within bounds, in decimal digits.
 *
 * @param what is counted, such as "of milliseconds"
 * @param note follows the bounds in the description of what is allowed
 */
export function wholeNumber(min: number, max: number, what = "", note = ""): ValueType<number> {
  const number = what === "" ? "a whole number" : `a whole number ${what}`;
  return {
    allowed: `${number} from ${min} to ${max}${note}`,
    parse: (given) => {
      const value = /^\d{1,9}$/.test(given) ? Number(given) : NaN;
      return value >= min && value <= max ? value : undefined;
    },
  };
}

/** A comma-separated list. @param parse reads one item; undefined where it is not allowed */
function listOf<Value>(allowed: string, parse: (item: string) => Value | undefined) {
  return {
    allowed,
    parse: (given: string): readonly Value[] | undefined => {
      const values = given.split(",").map((item) => parse(item.trim()));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

/** A URL with https, or http on loopback, so that the traffic cannot be read. Credentials would get into logs. */
export function safeUrl(allowed: string): ValueType<URL> {
  return { allowed, parse: parseSafeUrl };
}

/** The URL of the Bird API; null stands for the embedded sandbox. */
export const birdApiUrl: ValueType<URL | null> = {
  allowed:
    "sandbox, or the root of the API as an https URL (http only on loopback) without credentials, query or fragment",
  parse: (given) => {
    if (given === "sandbox") return null;
    const url = parseSafeUrl(given);
    return url?.search === "" ? url : undefined;
  },
};

/** Origins in the form that browsers and web views send; not `*`, and not `null`, which every sandboxed frame sends. */
export const origins = listOf(
  "origins such as https://inbox.example.com or capacitor://localhost, with commas between them, exactly as browsers send them: scheme, host and port, no path",
  (given) => (isOrigin(given) ? given : undefined),
);

function isOrigin(given: string): boolean {
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^*A-Z]+$/.test(given) || !URL.canParse(given)) return false;
  const { protocol, host, origin } = new URL(given);
  // The URL standard gives only the web's schemes an origin, but apps send the origins of their schemes in the same form.
  return host !== "" && given === (origin === "null" ? `${protocol}//${host}` : origin);
}

/** Secrets that are valid in a header and too long to guess. */
export const headerSecrets = listOf(
  "secrets of 16 to 512 visible ASCII characters, separated by commas",
  (given) => (/^[\x21-\x7e]{16,512}$/.test(given) ? given : undefined),
);

function parseSafeUrl(given: string): URL | undefined {
  if (!URL.canParse(given)) return undefined;
  const url = new URL(given);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return undefined;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
  return isSafe ? url : undefined;
}

/** Whether a host is certainly this machine. Only there is plain http safe for keys. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
