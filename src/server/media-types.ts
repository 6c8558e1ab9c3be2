// Media types, character sets and codings: what a request's headers say of its body and of the answer they want.
import Negotiator from "negotiator";

/** What the gateway answers in; the first is for callers that accept everything. */
const ANSWER_TYPES = ["application/json", "application/graphql-response+json"];

/**
 * Chooses the media type of the answer.
 *
 * @param accept the header; parameters but `q` are ignored, since all answers are UTF-8
 * @returns null where the caller accepts no type that there is
 */
export function chooseAnswerType(accept: string | undefined): string | null {
  // No header, or an empty one, means the same as this one, which is what most clients send.
  if (accept === undefined || accept === "*/*" || accept.trim() === "") return "application/json";
  const ranges = accept.replaceAll(/;(?!\s*q\s*=)[^;,]*/gi, "");
  return new Negotiator({ headers: { accept: ranges } }).mediaType(ANSWER_TYPES) ?? null;
}

/** Whether a browser asks for a page rather than for data: only a person who opens the address does that. */
export function prefersHtml(accept: string | undefined): boolean {
  return new Negotiator({ headers: { accept } }).mediaType([...ANSWER_TYPES, "text/html"]) === "text/html";
}

export type ContentType = {
  /** `type/subtype` in lower case. */
  essence: string;
  /** Every `charset`, in lower case. */
  charsets: readonly string[];
};

/** Reads a `Content-Type` header: RFC 9110, 8.3.1. */
export function readContentType(header: string): ContentType {
  const [essence = "", ...parameters] = header.toLowerCase().split(";");
  const charsets = parameters
    .map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1])
    .filter((charset) => charset !== undefined);
  return { essence: essence.trim(), charsets };
}

/** JSON is UTF-8 (RFC 8259, 8.1); `utf8` is no registered name, and sent. */
export function isUtf8({ charsets }: ContentType): boolean {
  return charsets.every((charset) => charset === "utf-8" || charset === "utf8");
}
