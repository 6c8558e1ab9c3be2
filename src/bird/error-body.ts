// Reads code, message and details from the body of an error, in Bird's format or in one of the formats of proxies.
import { isInexactNumber, isJsonObject, toSafeJson, type Json, type JsonObject } from "../json.ts";
import type { Body } from "../transport/call.ts";
import type { FieldProblem } from "./failures.ts";
import { cutText } from "./text-length.ts";

/** The content of an error body. Fields that cannot be read are missing or empty. */
export type ErrorBody = { code?: string; message?: string; details: Json; fieldErrors: FieldProblem[] };

/** What is wrong with one field. */
type Problem = [path: string, message: string];

const MAX_CODE_CHARACTERS = 100;
const MAX_MESSAGE_CHARACTERS = 1000;

/** The names of fields that hold a message. In RFC 9457, `detail` is about this occurrence and `title` about its kind. */
const messageNames = [
  ...["message", "Message", "description", "detail", "error_description", "msg", "reason", "defaultMessage"],
  "title",
];
/** The largest number of objects and lists around a message. */
const MAX_MESSAGE_LEVELS = 4;
/** The longest list whose texts become a message: a message is cut at 1,000 characters. */
const MAX_MESSAGES = 100;

/** The names of lists of problems. `invalid-params` is the usual extension of RFC 9457. */
const problemNames = ["details", "errors", "invalid-params", "invalid_params", "invalidParams", "violations"];
/** The names under which a whole error gives its field. Its `path` is that of the request, its `name` that of the error. */
const parameterNames = ["field", "parameter", "param", "pointer", "property"];
/** The names under which a list of problems gives the field. FastAPI's `loc` is a list of path segments. */
const fieldNames = ["field", "path", "parameter", "param", "pointer", "property", "name", "loc"];

/**
 * Reads the body of an error. Each field is taken from the first of these formats that has it:
 * - Bird's documented one, `{code, message, details}`
 * - Bird's newer platform API: the same fields, flat or in an `error` object
 * - the older MessageBird API: `errors[]` with `description` and `parameter`
 * - RFC 9457: `title`, `detail` and `errors`, or `invalid-params`
 * - JSON:API: `errors[]` with a `source`; Google: `error.details[]` with `fieldViolations`
 * - other servers: a text, a list or an object in `error` or `message`
 */
export function readErrorBody(body: Body): ErrorBody {
  if (body.kind !== "json" || !isJsonObject(body.value)) return { details: null, fieldErrors: [] };
  const top = body.value;
  const { error } = top;
  const sources = [top, error, top["message"], top["detail"], firstOf(top["errors"]), firstOf(error)].filter(
    isJsonObject,
  );
  const code = firstText(sources.map((source) => toText(source["code"])));
  const message = firstText([
    ...sources.map((source) => messageOf(source)),
    ...[error, top["errors"]].map((value) => toMessage(value)),
  ]);
  const problems = [
    ...problemNames.flatMap((name) => sources.map((source) => source[name])),
    ...[error, top["message"], top["detail"]].filter(Array.isArray),
  ];
  const safeProblems = problems.map(toSafeJson);
  const ofSources = sources.flatMap((source) => listProblem(toSafeJson(source), parameterNames));
  return {
    ...(code === undefined ? {} : { code: cutText(code, MAX_CODE_CHARACTERS) }),
    ...(message === undefined ? {} : { message: cutText(message, MAX_MESSAGE_CHARACTERS) }),
    details: safeProblems.find((one) => one !== null) ?? null,
    fieldErrors: toFieldErrors(
      [...safeProblems.map(listProblems), ofSources].find(({ length }) => length > 0) ?? [],
    ),
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

function messageOf(source: JsonObject, levels = MAX_MESSAGE_LEVELS): string | undefined {
  return firstText(messageNames.map((name) => toMessage(source[name], levels)));
}

/** A text, the message of an object, or the texts of a list joined. */
function toMessage(value: unknown, levels = MAX_MESSAGE_LEVELS): string | undefined {
  if (levels === 0) return undefined;
  if (isJsonObject(value)) return messageOf(value, levels - 1);
  if (!Array.isArray(value)) return isMessage(value) ? toText(value) : undefined;
  const texts = value.slice(0, MAX_MESSAGES).flatMap((item: unknown) => toMessage(item, levels - 1) ?? []);
  return texts.length === 0 ? undefined : texts.join("; ");
}

/** Puts the messages of each field together. */
function toFieldErrors(problems: readonly Problem[]): FieldProblem[] {
  const messages = new Map<string, string[]>();
  for (const [path, message] of problems) {
    const known = messages.get(path);
    if (known === undefined) messages.set(path, [message]);
    else known.push(message);
  }
  return Array.from(messages, ([path, texts]) => ({ path, messages: texts }));
}

/**
 * Lists which fields are invalid, and why. Bird's details of a 422 map a path to its messages, such as
 * `{".status": ["is unknown"]}`. Other servers send a list of fields and messages.
 */
function listProblems(problems: Json): Problem[] {
  if (Array.isArray(problems)) return problems.flatMap((problem) => listProblem(problem, fieldNames));
  if (!isJsonObject(problems)) return [];
  return Object.entries(problems).flatMap(([path, said]) => {
    const named = listProblems(Array.isArray(said) ? said : []);
    if (named.length > 0) return named;
    const texts = (Array.isArray(said) ? said : [said]).flatMap((one) => toProblemText(one) ?? []);
    return texts.map((text): Problem => [toFieldPath(path), text]);
  });
}

/** A text, or the message of an object, such as `{"status": [{"message": "is odd"}]}` has for a field. */
function toProblemText(value: Json): string | undefined {
  if (isJsonObject(value)) return messageOf(value);
  return isMessage(value) ? value : undefined;
}

/** Whether a value is a message. A long number is a string too (see `parseExactJson`), but no message. */
function isMessage(value: unknown): value is string {
  return typeof value === "string" && !isInexactNumber(value);
}

function listProblem(problem: Json, names: readonly string[]): Problem[] {
  if (!isJsonObject(problem)) return [];
  const { source, fieldViolations } = problem;
  if (Array.isArray(fieldViolations))
    return fieldViolations.flatMap((violation: Json) => listProblem(violation, names));
  // JSON:API names the field in `source`, as `pointer` or `parameter`.
  const places: JsonObject[] = isJsonObject(source) ? [problem, source] : [problem];
  const field = firstText(places.flatMap((place) => names.map((name) => toFieldName(place[name]))));
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
