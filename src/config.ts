// The environment, read once and checked whole: the only reader of process.env.
import { z } from "zod";

export type Config = {
  host: string;
  port: number;
  /** No introspection, no suggestions, no sandbox unless asked for. */
  production: boolean;
  /** The root of the Bird API; null stands for the embedded sandbox. */
  birdApiUrl: URL | null;
  authMode: "forward";
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
};

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
const unsupported = [
  "JWT_JWKS_URL",
  "JWT_ISSUER",
  "JWT_AUDIENCE",
  "BIRD_ACCESS_KEYS_FILE",
  "PERSISTED_OPERATIONS",
  "PERSISTED_OPERATIONS_FILE",
  "REDIS_URL",
];

const port = "give a whole number from 0 to 65535; 0 takes a free port";
const birdApiUrl =
  "give sandbox, or the root of the API as an https URL (http only on loopback) without credentials, query or fragment";
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
  AUTH_MODE: z.literal("forward", "give forward").default("forward"),
  BIRD_READS_PER_SECOND: wholeNumber(1, 1_000_000, perSecond).default(50),
  BIRD_WRITES_PER_SECOND: wholeNumber(1, 1_000_000, perSecond).default(500),
  BIRD_ATTEMPT_TIMEOUT_MS: wholeNumber(1, 600_000, milliseconds).default(3000),
  BIRD_DEADLINE_MS: wholeNumber(1, 600_000, milliseconds).default(10_000),
  BIRD_BATCHING: z.enum(["auto", "single"], "give auto or single").default("auto"),
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
  if (parsed.data === undefined || problems.length > 0) throw new ConfigError(problems);
  const { data } = parsed;
  const { BIRD_API_URL = "sandbox", GRAPHIQL = production ? "off" : "on", CORS_ORIGINS = [] } = data;
  return {
    host: data.HOST,
    port: data.PORT,
    production,
    birdApiUrl: BIRD_API_URL === "sandbox" ? null : new URL(BIRD_API_URL),
    authMode: data.AUTH_MODE,
    quotas: { readsPerSecond: data.BIRD_READS_PER_SECOND, writesPerSecond: data.BIRD_WRITES_PER_SECOND },
    attemptTimeoutMs: data.BIRD_ATTEMPT_TIMEOUT_MS,
    deadlineMs: data.BIRD_DEADLINE_MS,
    batching: data.BIRD_BATCHING,
    routerSecrets: data.ROUTER_SECRETS,
    maxRepresentations: data.ROUTER_MAX_REPRESENTATIONS,
    graphiql: GRAPHIQL === "on",
    corsOrigins: CORS_ORIGINS,
  };
}

/** The configuration of this process. @throws ConfigError */
export function readProcessConfig(): Config {
  return readConfig(process.env);
}

function describe(name: string, given: Environment, allowed: string): string {
  return `${name} is ${secrets.has(name) ? "a secret that is not shown" : JSON.stringify(given[name])}: ${allowed}`;
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
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

/** Only what names this machine for certain: plain http carries the keys in the clear. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
