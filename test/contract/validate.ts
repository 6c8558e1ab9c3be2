// Validates the request and the answer of a recorded exchange against openapi.json. It imports nothing of src/.
import { readFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { Ajv, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import type { Exchange } from "./recorder.ts";

/** An exchange's operation and its problems. Problems repeat names but no values, since values may be personal. */
export type Verdict = {
  /** Null when no operation of the document has this path and method. */
  readonly operationId: string | null;
  /** The path parameters, decoded; null for one that cannot be. */
  readonly parameters: Readonly<Record<string, string | null>>;
  readonly problems: readonly string[];
};

type Reference = { $ref: string };
type Schema = Record<string, unknown>;
type Parameter = { name: string; in: "path" | "query"; required?: boolean; schema: Schema };
type Content = { content: { "application/json": { schema: Schema } } };
type OperationObject = {
  operationId: string;
  parameters?: (Parameter | Reference)[];
  requestBody?: Content;
  responses: Record<string, Content | Reference>;
};
type PathItem = { parameters: (Parameter | Reference)[] } & Partial<Record<Method, OperationObject>>;
type Method = (typeof methods)[number];
type OpenApi = {
  components: {
    securitySchemes: { accessKey: { scheme: string } };
    parameters: Record<string, Parameter>;
    responses: Record<string, Content>;
  };
  paths: Record<string, PathItem>;
};

/** An operation with its compiled schemas. */
type Operation = {
  operationId: string;
  checkPath: ValidateFunction;
  checkQuery: ValidateFunction;
  /** Null where the operation takes no body. */
  checkBody: ValidateFunction | null;
  /** By status, or by class of status as in `4XX`. */
  checkAnswer: ReadonlyMap<string, ValidateFunction>;
};
/** A path template, split at its slashes, and its operations by method. */
type Endpoint = { segments: string[]; operations: ReadonlyMap<string, Operation> };

const methods = ["get", "post", "put", "patch", "delete"] as const;
const { components, paths } = JSON.parse(
  readFileSync(new URL("openapi.json", import.meta.url), "utf8"),
) as OpenApi;
const bodies = createAjv(false);
// Parameters of a path or a query are text, although their schema may say integer.
const texts = createAjv(true);
const endpoints = Object.entries(paths).map(toEndpoint);

/** Validates one exchange. It fits when there are no problems. */
export function validateExchange({ request, response }: Exchange): Verdict {
  const [path = "", ...query] = request.path.split("?");
  const segments = path.split("/");
  const endpoint = endpoints.find((candidate) => matches(candidate, segments));
  if (endpoint === undefined) return misfit("path: is none of the document's");
  const operation = endpoint.operations.get(request.method);
  if (operation === undefined) return misfit("method: is not documented for this path");

  const parameters = decodeParameters(endpoint.segments, segments);
  const encodingProblems = checkEncoding(parameters);
  const problems = [
    ...(encodingProblems.length > 0 ? encodingProblems : check("path", operation.checkPath, parameters)),
    ...check("query", operation.checkQuery, Object.fromEntries(new URLSearchParams(query.join("?")))),
    ...checkHeaders(request.headers),
    ...checkRequestBody(operation.checkBody, request),
    ...checkAnswer(operation.checkAnswer, response),
  ];
  return { operationId: operation.operationId, parameters, problems };
}

function misfit(problem: string): Verdict {
  return { operationId: null, parameters: {}, problems: [problem] };
}

/** A parameter matches any segment, also an empty one: its schema then reports the problem. */
function matches({ segments }: Endpoint, actual: readonly string[]): boolean {
  return (
    segments.length === actual.length &&
    segments.every((segment, at) => parameterName(segment) !== null || segment === actual[at])
  );
}

function parameterName(segment: string): string | null {
  return /^\{(.+)\}$/.exec(segment)?.[1] ?? null;
}

function decodeParameters(template: readonly string[], actual: readonly string[]): Verdict["parameters"] {
  return Object.fromEntries(
    template.flatMap((segment, at) => {
      const name = parameterName(segment);
      return name === null ? [] : [[name, decodeSegment(actual[at] ?? "")]];
    }),
  );
}

function checkEncoding(parameters: Verdict["parameters"]): string[] {
  return Object.entries(parameters).flatMap(([name, value]) => {
    if (value === null) return [`path/${name}: is not encoded as a path segment`];
    return value === "." || value === ".." ? [`path/${name}: is a dot segment`] : [];
  });
}

/** Null for characters that may not stand in a segment (RFC 3986, 3.3), broken escapes, and what is no UTF-8. */
function decodeSegment(segment: string): string | null {
  if (!/^(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*$/i.test(segment)) return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

function checkHeaders({ authorization = "", accept = "" }: IncomingHttpHeaders): string[] {
  const { scheme } = components.securitySchemes.accessKey;
  const [givenScheme, key = "", ...rest] = authorization.split(" ");
  const isAuthorized = givenScheme === scheme && /^[\x21-\x7e]+$/.test(key) && rest.length === 0;
  const accepted = accept.split(",").map(mediaType);
  return [
    ...(isAuthorized ? [] : [`authorization: must be ${scheme} and a key`]),
    ...(accepted.includes("application/json") ? [] : ["accept: must name application/json"]),
  ];
}

function checkRequestBody(validate: ValidateFunction | null, request: Exchange["request"]): string[] {
  if (validate !== null) return checkJson("request body", validate, request);
  return request.body === "" ? [] : ["request body: none is documented"];
}

function checkAnswer(validators: Operation["checkAnswer"], response: Exchange["response"]): string[] {
  const status = String(response.status);
  const validate = validators.get(status) ?? validators.get(`${status.slice(0, 1)}XX`);
  if (validate === undefined) return [`response status: ${status} is not documented`];
  return checkJson("response body", validate, response);
}

function checkJson(
  where: string,
  validate: ValidateFunction,
  { headers, body }: { headers: IncomingHttpHeaders; body: string },
): string[] {
  const isCalledJson = mediaType(headers["content-type"] ?? "") === "application/json";
  const problems = isCalledJson ? [] : [`${where}: the content type must be application/json`];
  try {
    return [...problems, ...check(where, validate, JSON.parse(body))];
  } catch {
    return [...problems, `${where}: is not JSON`];
  }
}

function mediaType(header: string): string {
  return (header.split(";")[0] ?? "").trim().toLowerCase();
}

function check(where: string, validate: ValidateFunction, data: unknown): string[] {
  validate(data);
  return (validate.errors ?? []).map(
    ({ instancePath, message = "does not fit", params }) =>
      `${where}${instancePath}: ${message}${which(params)}`,
  );
}

/** The undocumented name of a problem, which ajv's message lacks. */
function which({ additionalProperty }: Record<string, unknown>): string {
  return typeof additionalProperty === "string" ? `: ${additionalProperty}` : "";
}

function createAjv(coerceTypes: boolean): Ajv {
  const ajv = new Ajv({ strict: true, strictTypes: true, allErrors: true, coerceTypes });
  // They are added beside each compiled schema, so that its references resolve.
  ajv.addKeyword("components");
  ajv.addKeyword("x-source");
  formats.default(ajv);
  return ajv;
}

function toEndpoint([template, item]: [string, PathItem]): Endpoint {
  const operations = methods.flatMap((method): [string, Operation][] => {
    const operation = item[method];
    return operation === undefined ? [] : [[method.toUpperCase(), toOperation(operation, item.parameters)]];
  });
  return { segments: template.split("/"), operations: new Map(operations) };
}

function toOperation(operation: OperationObject, ofPath: (Parameter | Reference)[]): Operation {
  const { operationId, requestBody, responses } = operation;
  const parameters = [...ofPath, ...(operation.parameters ?? [])].map((parameter) =>
    "$ref" in parameter ? lookUp(components.parameters, parameter) : parameter,
  );
  return {
    operationId,
    checkPath: compileParameters(parameters.filter((parameter) => parameter.in === "path")),
    checkQuery: compileParameters(parameters.filter((parameter) => parameter.in === "query")),
    checkBody: requestBody === undefined ? null : compileContent(requestBody),
    checkAnswer: new Map(
      Object.entries(responses).map(([status, response]) => [
        status,
        compileContent("$ref" in response ? lookUp(components.responses, response) : response),
      ]),
    ),
  };
}

function lookUp<Component>(named: Record<string, Component>, { $ref }: Reference): Component {
  const component = named[$ref.split("/").at(-1) ?? ""];
  if (component === undefined) throw new Error(`openapi.json has no ${$ref}`);
  return component;
}

function compileParameters(parameters: readonly Parameter[]): ValidateFunction {
  return texts.compile({
    type: "object",
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required === true).map(({ name }) => name),
    additionalProperties: false,
  });
}

function compileContent({ content }: Content): ValidateFunction {
  return bodies.compile({ ...content["application/json"].schema, components });
}
