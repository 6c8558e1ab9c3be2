// Parses the `Accept` and `Content-Type` headers of a request.
import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

/** The media types of responses. The first is for callers that accept everything. */
const ANSWER_TYPES = ["application/json", "application/graphql-response+json"];

/** The longest `Accept` header that is parsed. No browser and no client library sends a longer one. */
const MAX_ACCEPT_CHARACTERS = 1000;

/**
 * Chooses the media type of the response.
 *
 * @param accept the header; parameters except `q` are ignored, since all responses are UTF-8
 * @returns null where the caller accepts none of the types
 */
export function chooseAnswerType(accept: string | undefined): string | null {
  // A missing or empty header means the same as `*/*`, which most clients send.
  if (accept === undefined || accept === "*/*" || accept.trim() === "") return "application/json";
  if (accept.length > MAX_ACCEPT_CHARACTERS) return "application/json";
  const known = chosen.get(accept);
  if (known !== undefined) return known.type;
  const ranges = accept.replaceAll(/;(?!\s*q\s*=)[^;,]*/gi, "");
  const type = new Negotiator({ headers: { accept: ranges } }).mediaType(ANSWER_TYPES) ?? null;
  chosen.set(accept, { type });
  return type;
}

/** A cache by header: clients send few different headers, and parsing one takes 10 µs. */
const chosen = new LRUCache<string, { type: string | null }>({ max: 100 });

/** Whether a browser requests a page, which means that a person has opened the URL. */
export function prefersHtml(accept = ""): boolean {
  if (accept.length > MAX_ACCEPT_CHARACTERS) return false;
  return new Negotiator({ headers: { accept } }).mediaType([...ANSWER_TYPES, "text/html"]) === "text/html";
}

export type ContentType = {
  /** `type/subtype` in lower case. */
  essence: string;
  /** Every `charset`, in lower case; as a whole parameter where it cannot be read. */
  charsets: readonly string[];
};

/** Parses `Content-Type` (RFC 9110, 8.3.1) in one pass: a regular expression with optional white space can take minutes. */
export function readContentType(header: string): ContentType {
  const [essence = "", ...parameters] = header.toLowerCase().split(";");
  const charsets = parameters
    .map((parameter) => parameter.trim())
    .filter((parameter) => /^[^a-z]?charset/.test(parameter))
    .map(readCharset);
  return { essence: essence.trim(), charsets };
}

/** The value of a parameter `charset`. Other spellings, such as `charset*`, are returned whole, so that none passes for UTF-8. */
function readCharset(parameter: string): string {
  const [name = "", ...value] = parameter.split("=");
  return name.trim() === "charset" ? unquote(value.join("=").trim()) : parameter;
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** Whether the charset is UTF-8, as JSON requires (RFC 8259, 8.1). `utf8` is not registered, but clients send it. */
export function isUtf8({ charsets }: ContentType): boolean {
  return charsets.every((charset) => charset === "utf-8" || charset === "utf8");
}
