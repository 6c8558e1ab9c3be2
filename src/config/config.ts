// Reads the configuration from the environment, and reports all problems together. No other file reads process.env.
import { hasInvisible, isQuoted, readGiven, spellOut, type Environment } from "./given.ts";
import { findMisspelt } from "./misspelt.ts";
import { findSharedPort } from "./shared-port.ts";
import { rows, type Values, type Variable } from "./variables.ts";
import { findWarnings } from "./warnings.ts";

export type Config = {
  /** Production mode: introspection, suggestions and the sandbox as the default are off. */
  production: boolean;
  listen: {
    host: string;
    port: number;
    /** The largest number of callers' connections. */
    maxConnections: number;
    /** Milliseconds for which a stopping gateway still accepts work. */
    drainMs: number;
  };
  /** The address of the admin port for metrics and probes; null where they are served on the main port. */
  admin: { host: string; port: number } | null;
  bird: BirdConfig;
  operations: {
    /** Milliseconds that one operation may take, all its calls to Bird included. */
    deadlineMs: number;
    /** Calls to Bird that one operation may cause, retries included. */
    maxCalls: number;
    persisted: PersistedOperationsConfig;
  };
  auth: AuthConfig;
  routers: {
    /** Any of these proves that a request comes from a router. */
    secrets: readonly string[];
    /** The largest number of entities that a router may request in one operation. */
    maxRepresentations: number;
  };
  browsers: {
    /** Whether GraphiQL is served at /graphiql. */
    graphiql: boolean;
    /** The origins whose pages may call /graphql. */
    corsOrigins: readonly string[];
  };
};

type BirdConfig = {
  /** The root of the Bird API; null stands for the embedded sandbox. */
  url: URL | null;
  /** Calls a second and workspace. */
  quotas: { readsPerSecond: number; writesPerSecond: number };
  /** Milliseconds that one attempt of a call may take, including the connection and the whole body. */
  attemptTimeoutMs: number;
  /** The largest number of connections to Bird, of all workspaces together. */
  maxConnections: number;
  batching: "auto" | "single";
};

/** `forward`: the caller's own key goes to Bird. `jwt`: the gateway holds the keys, and a token says who may use which. */
export type AuthConfig =
  | { mode: "forward" }
  | { mode: "jwt"; jwksUrl: URL; issuer: string; audience: string; accessKeysFile: string };

export type PersistedOperationsConfig = { mode: "off" } | { mode: "log" | "enforce"; file: string };

export type { Environment } from "./given.ts";

/** The problems of an environment, one line each, with the variable, its value and what is allowed. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Checks for variables that name a file. A check returns the problem, in words that follow "a file that", or null. */
export type FileChecks = Readonly<Record<string, (path: string) => string | null>>;

/** The configuration of this process. @throws ConfigError */
export function readProcessConfig(fileChecks: FileChecks): Config {
  return readConfig(process.env, fileChecks);
}

/** Warnings about the configuration of this process, one line each. */
export function findProcessWarnings(config: Config): string[] {
  return [...findMisspelt(process.env), ...findWarnings(config)];
}

/**
 * Reads the configuration. White space around a value is ignored; an empty value counts as unset.
 *
 * @param fileChecks checks of the files that variables name
 * @throws ConfigError with every problem at once
 */
export function readConfig(environment: Environment, fileChecks: FileChecks = {}): Config {
  const given = readGiven(environment, [...rows.map(([name]) => name), ...unsupported]);
  const problems = [...findProblems(given), ...findBadFiles(given, fileChecks)];
  if (problems.length > 0) throw new ConfigError(problems);
  return toConfig(readValues(given));
}

function findProblems(given: Environment): string[] {
  return [
    ...rows.flatMap(([name, variable]) => findInvalid(name, variable, given)),
    ...findUnsupported(given),
    ...rows.flatMap(([name, variable]) => findMissing(name, variable, given)),
    ...rows.flatMap(([name, variable]) => findWithoutEffect(name, variable, given)),
    ...findSharedPort(given),
  ];
}

function findInvalid(name: string, { type, isSecret = false }: Variable, given: Environment): string[] {
  const text = given[name];
  if (text === undefined) return [];
  const allowed = findAllowed(text, type);
  return allowed === null ? [] : [`${name} is ${isSecret ? hidden : quote(text)}: give ${allowed}`];
}

/** What is allowed instead of a text, in words that follow "give"; null where the text is valid. */
function findAllowed(text: string, type: Variable["type"]): string | null {
  if (isQuoted(text)) return "it without quotes: Docker's --env-file keeps them";
  if (type.parse(text) === undefined) return type.allowed;
  return hasInvisible(text) ? "it without control characters and line ends" : null;
}

const hidden = "a secret that is not shown";

/** Quotes a value without the credentials of a URL. It may be malformed, so all that stands before an `@` is left out. */
function quote(text: string): string {
  return spellOut(text).replace(/^"(https?:\/\/)?.*@/i, '"$1…@');
}

/** Variables that a later version will have. They are invalid here, because ignoring one could be dangerous. */
const unsupported = ["REDIS_URL"];

function findUnsupported(given: Environment): string[] {
  return unsupported
    .filter((name) => name in given)
    .map((name) => `${name} is ${hidden}: leave it unset, since it is not supported yet`);
}

function findBadFiles(given: Environment, fileChecks: FileChecks): string[] {
  return rows.flatMap(([name, { neededBy = {} }]) => {
    const path = given[name];
    if (path === undefined || findNeeds(neededBy, given).length === 0) return [];
    const problem = fileChecks[name]?.(path) ?? null;
    return problem === null ? [] : [`${name} is ${quote(path)}, a file that ${problem}`];
  });
}

/** The variables whose values need another variable. Case is ignored: `AUTH_MODE=JWT` is invalid, but the intent is clear. */
function findNeeds(neededBy: NonNullable<Variable["neededBy"]>, given: Environment): string[] {
  return Object.entries(neededBy)
    .filter(([other, values]) => values.includes(given[other]?.toLowerCase() ?? ""))
    .map(([other]) => `${other}=${given[other] ?? ""}`);
}

/** Reports a variable that is missing although another variable, or production, needs it. */
function findMissing(name: string, variable: Variable, given: Environment): string[] {
  if (given[name] !== undefined) return [];
  const { neededBy = {}, productionDefault, type } = variable;
  const reasons = findNeeds(neededBy, given).map((need) => `${name} is unset: ${need} needs it`);
  if (isProduction(given) && productionDefault === null)
    reasons.push(`${name} is unset, and in production there is no default: give ${type.allowed}`);
  return reasons;
}

/** Reports a variable without effect. If it were ignored, a gateway that is meant to be protected could be open. */
function findWithoutEffect(
  name: string,
  { neededBy = {}, onlyWith }: Variable,
  given: Environment,
): string[] {
  const others = onlyWith ?? Object.keys(neededBy);
  if (given[name] === undefined || others.length === 0) return [];
  if (others.some((other) => given[other] !== undefined)) return [];
  const wanted = others
    .map((other) => [other, ...(neededBy[other] ?? [])].slice(0, 2).join("="))
    .join(" or ");
  return [
    `${name} has no effect while ${others.join(" and ")} is unset: set ${wanted}, or leave ${name} unset`,
  ];
}

/** Whether production is meant. A misspelt value is invalid, and is checked like production, so that all problems show. */
function isProduction(given: Environment): boolean {
  return /^prod/i.test(given["NODE_ENV"] ?? "");
}

/** The values of an environment without problems. */
function readValues(given: Environment): Values {
  const values = rows.map(([name, { type, default: usual, productionDefault }]) => {
    const fallback = isProduction(given) ? (productionDefault ?? usual) : usual;
    const text = given[name] ?? fallback;
    return [name, text === undefined ? undefined : type.parse(text)] as const;
  });
  // `fromEntries` loses the type of each value; the rows guarantee it.
  return Object.fromEntries(values) as Values;
}

function toConfig(values: Values): Config {
  return {
    production: values.NODE_ENV === "production",
    listen: {
      host: values.HOST,
      port: values.PORT,
      maxConnections: values.MAX_CONNECTIONS,
      drainMs: values.DRAIN_SECONDS * 1000,
    },
    admin: values.ADMIN_PORT === undefined ? null : { host: values.ADMIN_HOST, port: values.ADMIN_PORT },
    bird: {
      url: values.BIRD_API_URL,
      quotas: {
        readsPerSecond: values.BIRD_READS_PER_SECOND,
        writesPerSecond: values.BIRD_WRITES_PER_SECOND,
      },
      attemptTimeoutMs: values.BIRD_ATTEMPT_TIMEOUT_MS,
      maxConnections: values.BIRD_CONNECTIONS,
      batching: values.BIRD_BATCHING,
    },
    operations: {
      deadlineMs: values.BIRD_DEADLINE_MS,
      maxCalls: values.BIRD_CALLS_PER_OPERATION,
      persisted: toPersistedOperations(values),
    },
    auth: toAuth(values),
    routers: { secrets: values.ROUTER_SECRETS ?? [], maxRepresentations: values.ROUTER_MAX_REPRESENTATIONS },
    browsers: { graphiql: values.GRAPHIQL === "on", corsOrigins: values.CORS_ORIGINS ?? [] },
  };
}

/** In jwt mode all four values are set, because their rows require them. */
function toAuth(values: Values): AuthConfig {
  const { AUTH_MODE, JWT_JWKS_URL, JWT_ISSUER = "", JWT_AUDIENCE = "", BIRD_ACCESS_KEYS_FILE = "" } = values;
  if (AUTH_MODE === "forward" || JWT_JWKS_URL === undefined) return { mode: "forward" };
  return {
    mode: "jwt",
    jwksUrl: JWT_JWKS_URL,
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
    accessKeysFile: BIRD_ACCESS_KEYS_FILE,
  };
}

function toPersistedOperations(values: Values): PersistedOperationsConfig {
  const { PERSISTED_OPERATIONS: mode, PERSISTED_OPERATIONS_FILE: file = "" } = values;
  return mode === "off" ? { mode } : { mode, file };
}
