// Reads code, message and details from the body of an error, in Bird's format or in one of the formats of proxies.
import { isJsonObject, toSafeJson, type Json, type JsonObject } from "../json.ts";
import type { Body } from "../transport/call.ts";
import type { FieldProblem } from "./failures.ts";
import { cutText } from "./text-length.ts";

/** The content of an error body. Fields that cannot be read are missing or empty. */
export type ErrorBody = { code?: string; message?: string; details: Json; fieldErrors: FieldProblem[] };

const MAX_CODE_CHARACTERS = 100;
const MAX_MESSAGE_CHARACTERS = 1000;

/** The names of fields that hold a message. In RFC 9457, `detail` is about this occurrence and `title` about its kind. */
const messageNames = ["message", "description", "detail", "error_description", "msg", "reason", "title"];
/** The names under which a list of problems gives the field. FastAPI's `loc` is a list of path segments. */
const fieldNames = ["field", "path", "parameter", "param", "pointer", "property", "name", "loc"];

/**
 * Bird's documented format is `{code, message, details}`. Its newer platform API has the same fields, flat or in an `error`
 * object. The older MessageBird API has `errors[]` with `description` and `parameter`. RFC 9457 has `title`, `detail` and
 * `errors`. Other servers put a text or a list into `error` or `message`. The first format that is found, in this order,
 * is used.
 */
export function readErrorBody(body: Body): ErrorBody {
  if (body.kind !== "json" || !isJsonObject(body.value)) return { details: null, fieldErrors: [] };
  const top = body.value;
  const { error } = top;
  const sources = [top, error, firstOf(top["errors"]), firstOf(error)].filter(isJsonObject);
  const code = firstText(sources.map((source) => toText(source["code"])));
  const message = firstText([...sources.map(messageOf), ...[error, top["errors"]].map(toMessage)]);
  const problems = [
    ...["details", "errors"].flatMap((name) => sources.map((source) => source[name])),
    ...[error, top["message"], top["detail"]].filter(Array.isArray),
  ];
  const safeProblems = problems.map(toSafeJson);
  return {
    ...(code === undefined ? {} : { code: cutText(code, MAX_CODE_CHARACTERS) }),
    ...(message === undefined ? {} : { message: cutText(message, MAX_MESSAGE_CHARACTERS) }),
    details: safeProblems.find((one) => one !== null) ?? null,
    fieldErrors:
      [...safeProblems, toSafeJson(sources)].map(readFieldErrors).find(({ length }) => length > 0) ?? [],
  };
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : null;
}

function firstText(texts: readonly (string | undefined)[]): string | undefined {
  return texts.find((text) => text !== undefined);
}

function toText(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function messageOf(source: JsonObject): string | undefined {
  return firstText(messageNames.map((name) => toMessage(source[name])));
}

/** A text, or the texts of a list joined. */
function toMessage(value: unknown): string | undefined {
  if (!Array.isArray(value)) return toText(value);
  const texts = value.flatMap((item: unknown) => (isJsonObject(item) ? messageOf(item) : toText(item)) ?? []);
  return texts.length === 0 ? undefined : texts.join("; ");
}

/**
 * Reads which fields are invalid, and why. Bird's details of a 422 map a path to its messages, such as
 * `{".status": ["is unknown"]}`. Other servers send a list of fields and messages.
 */
function readFieldErrors(problems: Json): FieldProblem[] {
  const messages = new Map<string, string[]>();
  for (const [path, message] of listProblems(problems)) {
    const known = messages.get(path);
    if (known === undefined) messages.set(path, [message]);
    else known.push(message);
  }
  return Array.from(messages, ([path, texts]) => ({ path, messages: texts }));
}

function listProblems(problems: Json): [path: string, message: string][] {
  if (Array.isArray(problems)) return problems.flatMap(listProblem);
  if (!isJsonObject(problems)) return [];
  return Object.entries(problems).flatMap(([path, said]) => {
    const named = listProblems(Array.isArray(said) ? said : []);
    if (named.length > 0) return named;
    const texts = (Array.isArray(said) ? said : [said]).filter(isMessage);
    return texts.map((text): [string, string] => [toFieldPath(path), text]);
  });
}

/** Whether a value is a message. A long number is a string too (see `parseExactJson`), but no message. */
function isMessage(said: Json): said is string {
  return typeof said === "string" && !/^-?\d[\d.]{15,}$/.test(said);
}

function listProblem(problem: Json): [path: string, message: string][] {
  if (!isJsonObject(problem)) return [];
  const field = firstText(fieldNames.map((name) => toFieldName(problem[name])));
  const message = messageOf(problem);
  return field === undefined || message === undefined ? [] : [[toFieldPath(field), message]];
}

function toFieldName(value: unknown): string | undefined {
  return Array.isArray(value)
    ? toText(value.filter((part) => typeof part !== "object").join("."))
    : toText(value);
}

/** Normalizes the path of a field: `.a.b[0]`, `$.a.b[0]`, `#/a/b/0` and `/a/b/0` become `a.b[0]`. */
function toFieldPath(path: string): string {
  if (!/^#?\//.test(path)) return path.replace(/^\$?\./, "");
  const [, ...segments] = path.split("/");
  return segments
    .map((segment) => segment.replaceAll("~1", "/").replaceAll("~0", "~"))
    .reduce((before, segment) => {
      if (/^\d+$/.test(segment)) return `${before}[${segment}]`;
      return before === "" ? segment : `${before}.${segment}`;
    }, "");
}
