// Media types, character sets and codings: what a request's headers say of its body and of the answer they want.
import { LRUCache } from "lru-cache";
import Negotiator from "negotiator";

/** What the gateway answers in; the first is for callers that accept everything. */
const ANSWER_TYPES = ["application/json", "application/graphql-response+json"];

/** A header beyond this comes from no browser and no client library, and takes long to read. */
const MAX_ACCEPT_CHARACTERS = 1000;

/**
 * Chooses the media type of the answer.
 *
 * @param accept the header; parameters but `q` are ignored, since all answers are UTF-8
 * @returns null where the caller accepts no type that there is
 */
export function chooseAnswerType(accept: string | undefined): string | null {
  // No header, or an empty one, means the same as this one, which is what most clients send.
  if (accept === undefined || accept === "*/*" || accept.trim() === "") return "application/json";
  if (accept.length > MAX_ACCEPT_CHARACTERS) return "application/json";
  const known = chosen.get(accept);
  if (known !== undefined) return known.type;
  const ranges = accept.replaceAll(/;(?!\s*q\s*=)[^;,]*/gi, "");
  const type = new Negotiator({ headers: { accept: ranges } }).mediaType(ANSWER_TYPES) ?? null;
  chosen.set(accept, { type });
  return type;
}

/** Clients send few different headers, and each takes 10 µs to read. */
const chosen = new LRUCache<string, { type: string | null }>({ max: 100 });

/** Whether a browser asks for a page rather than for data: only a person who opens the address does that. */
export function prefersHtml(accept = ""): boolean {
  if (accept.length > MAX_ACCEPT_CHARACTERS) return false;
  return new Negotiator({ headers: { accept } }).mediaType([...ANSWER_TYPES, "text/html"]) === "text/html";
}

export type ContentType = {
  /** `type/subtype` in lower case. */
  essence: string;
  /** Every `charset`, in lower case. */
  charsets: readonly string[];
};

/** Reads a `Content-Type` header: RFC 9110, 8.3.1. In one pass: a pattern with room for white space can take minutes. */
export function readContentType(header: string): ContentType {
  const [essence = "", ...parameters] = header.toLowerCase().split(";");
  const charsets = parameters
    .map((parameter) => parameter.split("="))
    .filter(([name = ""]) => name.trim() === "charset")
    .map(([, ...value]) => unquote(value.join("=").trim()));
  return { essence: essence.trim(), charsets };
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** JSON is UTF-8 (RFC 8259, 8.1); `utf8` is no registered name, and sent. */
export function isUtf8({ charsets }: ContentType): boolean {
  return charsets.every((charset) => charset === "utf-8" || charset === "utf8");
}
