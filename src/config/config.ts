// The environment, read once and checked whole: the only reader of process.env.
import { z } from "zod";

export type Config = {
  host: string;
  port: number;
  /** No introspection, no suggestions, no sandbox unless asked for. */
  production: boolean;
  /** The root of the Bird API; null stands for the embedded sandbox. */
  birdApiUrl: URL | null;
  auth: AuthConfig;
  /** Calls a second and workspace. */
  quotas: { readsPerSecond: number; writesPerSecond: number };
  batching: "auto" | "single";
  /** Milliseconds one try of a call to Bird may take, connection and whole body included. */
  attemptTimeoutMs: number;
  /** Milliseconds one operation may take, all its calls to Bird together. */
  deadlineMs: number;
  /** What routers prove themselves with; any of them will do. */
  routerSecrets: readonly string[];
  /** How many entities a router may ask for in one operation. */
  maxRepresentations: number;
  /** Whether the page at /graphiql is served. */
  graphiql: boolean;
  /** The origins whose pages may call /graphql. */
  corsOrigins: readonly string[];
  /** Upstream calls one operation may cause, retries included. */
  callsPerOperation: number;
  persistedOperations: { mode: "off" } | { mode: "log" | "enforce"; file: string };
};

/** `forward`: the caller's own key goes to Bird. `jwt`: the gateway holds the keys, and a token says who may use which. */
export type AuthConfig =
  | { mode: "forward" }
  | { mode: "jwt"; jwksUrl: URL; issuer: string; audience: string; accessKeysFile: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** What is wrong with an environment: one line per problem, which names the variable, its value and what is allowed. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join("\n"));
  }
}

/** Variables whose value no message may show. */
const secrets = new Set(["ROUTER_SECRETS", "REDIS_URL"]);

/** Variables of the contract that this version does not know what to do with: ignoring one could be dangerous. */
const unsupported = ["REDIS_URL"];

const port = "give a whole number from 0 to 65535; 0 takes a free port";
const birdApiUrl =
  "give sandbox, or the root of the API as an https URL (http only on loopback) without credentials, query or fragment";
const jwksUrl =
  "give the https URL (http only on loopback) of the issuer's keys, without credentials or fragment";
const perSecond = "give a whole number of calls from 1 to 1000000";
const routerSecrets = "give secrets of 1 to 512 visible ASCII characters, separated by commas";
const representations = "give a whole number from 1 to 10000";
const milliseconds = "give a whole number of milliseconds from 1 to 600000";

const corsOrigins =
  "give origins such as https://inbox.example.com, with commas between them, exactly as browsers send them: scheme, host and port, no path";

const variables = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535, port).default(4000),
  NODE_ENV: z.string().optional(),
  BIRD_API_URL: z
    .string()
    .refine((text) => text === "sandbox" || isUpstreamUrl(text), birdApiUrl)
    .optional(),
  AUTH_MODE: z.enum(["forward", "jwt"], "give forward or jwt").default("forward"),
  JWT_JWKS_URL: z.string().refine(isSafeUrl, jwksUrl).optional(),
  JWT_ISSUER: z.string().optional(),
  JWT_AUDIENCE: z.string().optional(),
  BIRD_ACCESS_KEYS_FILE: z.string().optional(),
  BIRD_READS_PER_SECOND: wholeNumber(1, 1_000_000, perSecond).default(50),
  BIRD_WRITES_PER_SECOND: wholeNumber(1, 1_000_000, perSecond).default(500),
  BIRD_ATTEMPT_TIMEOUT_MS: wholeNumber(1, 600_000, milliseconds).default(3000),
  BIRD_DEADLINE_MS: wholeNumber(1, 600_000, milliseconds).default(10_000),
  BIRD_BATCHING: z.enum(["auto", "single"], "give auto or single").default("auto"),
  BIRD_CALLS_PER_OPERATION: wholeNumber(1, 100_000, "give a whole number from 1 to 100000").default(200),
  PERSISTED_OPERATIONS: z.enum(["off", "log", "enforce"], "give off, log or enforce").default("off"),
  PERSISTED_OPERATIONS_FILE: z.string().optional(),
  ROUTER_SECRETS: z
    .string()
    .transform((text) => text.split(",").map((secret) => secret.trim()))
    .refine((secrets) => secrets.every((secret) => /^[\x21-\x7e]{1,512}$/.test(secret)), routerSecrets)
    .default([]),
  ROUTER_MAX_REPRESENTATIONS: wholeNumber(1, 10_000, representations).default(200),
  GRAPHIQL: z.enum(["on", "off"], "give on or off").optional(),
  CORS_ORIGINS: z
    .string()
    .transform((text) => text.split(",").map((origin) => origin.trim()))
    .refine((origins) => origins.every(isOrigin), corsOrigins)
    .optional(),
});

/** Every variable the gateway reads. */
export const variableNames: readonly string[] = Object.keys(variables.shape);

/**
 * Reads the configuration; an empty value counts as unset.
 *
 * @throws ConfigError with every problem at once
 */
export function readConfig(environment: Environment): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = variables.safeParse(given);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => describe(String(issue.path[0]), given, issue.message)),
    ...unsupported
      .filter((name) => name in given)
      .map((name) => describe(name, given, "leave it unset: it is not supported yet")),
  ];
  const production = given["NODE_ENV"] === "production";
  if (production && given["BIRD_API_URL"] === undefined) {
    problems.push(`BIRD_API_URL is unset, and in production there is no default: ${birdApiUrl}`);
  }
  problems.push(...findMissing(given));
  if (parsed.data === undefined || problems.length > 0) throw new ConfigError(problems);
  const { data } = parsed;
  const { BIRD_API_URL = "sandbox", GRAPHIQL = production ? "off" : "on", CORS_ORIGINS = [] } = data;
  return {
    host: data.HOST,
    port: data.PORT,
    production,
    birdApiUrl: BIRD_API_URL === "sandbox" ? null : new URL(BIRD_API_URL),
    auth: toAuth(data),
    quotas: { readsPerSecond: data.BIRD_READS_PER_SECOND, writesPerSecond: data.BIRD_WRITES_PER_SECOND },
    attemptTimeoutMs: data.BIRD_ATTEMPT_TIMEOUT_MS,
    deadlineMs: data.BIRD_DEADLINE_MS,
    batching: data.BIRD_BATCHING,
    routerSecrets: data.ROUTER_SECRETS,
    maxRepresentations: data.ROUTER_MAX_REPRESENTATIONS,
    graphiql: GRAPHIQL === "on",
    corsOrigins: CORS_ORIGINS,
    callsPerOperation: data.BIRD_CALLS_PER_OPERATION,
    persistedOperations: toPersistedOperations(data),
  };
}

const jwtVariables = ["JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE", "BIRD_ACCESS_KEYS_FILE"] as const;

/** What one variable's value makes another one necessary for: a gateway with half of it would be open or useless. */
function findMissing(given: Environment): string[] {
  const missing = (name: string, why: string) =>
    given[name] === undefined ? [`${name} is unset: ${why} needs it`] : [];
  const { AUTH_MODE, PERSISTED_OPERATIONS } = given;
  return [
    ...(AUTH_MODE === "jwt" ? jwtVariables.flatMap((name) => missing(name, "AUTH_MODE=jwt")) : []),
    ...(PERSISTED_OPERATIONS === "log" || PERSISTED_OPERATIONS === "enforce"
      ? missing("PERSISTED_OPERATIONS_FILE", `PERSISTED_OPERATIONS=${PERSISTED_OPERATIONS}`)
      : []),
  ];
}

type Variables = z.infer<typeof variables>;

/** An empty text stands nowhere: `findMissing` has stopped the start before. */
function toAuth(values: Variables): AuthConfig {
  const { AUTH_MODE, JWT_JWKS_URL, JWT_ISSUER = "", JWT_AUDIENCE = "", BIRD_ACCESS_KEYS_FILE = "" } = values;
  if (AUTH_MODE === "forward" || JWT_JWKS_URL === undefined) return { mode: "forward" };
  return {
    mode: "jwt",
    jwksUrl: new URL(JWT_JWKS_URL),
    issuer: JWT_ISSUER,
    audience: JWT_AUDIENCE,
    accessKeysFile: BIRD_ACCESS_KEYS_FILE,
  };
}

function toPersistedOperations({
  PERSISTED_OPERATIONS: mode,
  PERSISTED_OPERATIONS_FILE: file = "",
}: Variables) {
  return mode === "off" ? { mode } : { mode, file };
}

/** The configuration of this process. @throws ConfigError */
export function readProcessConfig(): Config {
  return readConfig(process.env);
}

function describe(name: string, given: Environment, allowed: string): string {
  // Credentials do not belong into a URL, but they get there.
  const value = JSON.stringify(given[name]).replace(/\/\/[^/]*@/, "//…@");
  return `${name} is ${secrets.has(name) ? "a secret that is not shown" : value}: ${allowed}`;
}

function wholeNumber(min: number, max: number, allowed: string) {
  return z
    .string()
    .refine((text) => /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max, allowed)
    .transform(Number);
}

/** An origin as a browser writes it; neither `*` nor `null`, which every sandboxed frame sends. */
function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isUpstreamUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  return new URL(text).search === "" && isSafeUrl(text);
}

/** https, or http where nobody can listen in; no credentials, which would end up in messages. */
function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** Only what names this machine for certain: plain http carries the keys in the clear. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
