// The variables of the environment, one row each. The checks, docs/configuration.md and --help come from the rows.
import {
  birdApiUrl,
  headerSecrets,
  host,
  oneOf,
  origins,
  safeUrl,
  text,
  wholeNumber,
  type ValueType,
} from "./value-types.ts";

/** The headings under which the variables are listed, in this order. */
export const groups = [
  "The server",
  "Bird",
  "Limits of one operation",
  "Who may call",
  "Persisted operations",
  "Routers",
  "Browsers",
] as const;

/** One variable of the environment. */
export interface Variable<Value = unknown> {
  readonly group: (typeof groups)[number];
  readonly type: ValueType<Value>;
  /** The value of an unset variable, as text; without it, an unset variable has no value. */
  readonly default?: string;
  /** The default in production, where it differs; null where the variable has to be set. */
  readonly productionDefault?: string | null;
  /** Other variables, each with the values that need this variable to be set. */
  readonly neededBy?: Readonly<Record<string, readonly string[]>>;
  /** Without one of these variables this one has no effect. By default these are the variables in `neededBy`. */
  readonly onlyWith?: readonly string[];
  /** Whether messages must not show its value. */
  readonly isSecret?: boolean;
  /** A value that is allowed. */
  readonly example: string;
  /** What it does, in Markdown without links. */
  readonly help: string;
}

const jwtMode = { AUTH_MODE: ["jwt"] };
const milliseconds = wholeNumber(1, 600_000, "of milliseconds");
const callsPerSecond = wholeNumber(1, 1_000_000, "of calls");

/** The rows, by the name of the variable. */
export const variables = {
  HOST: {
    group: "The server",
    type: host,
    default: "127.0.0.1",
    example: "0.0.0.0",
    help: "The address on which the gateway listens.",
  },
  PORT: {
    group: "The server",
    type: wholeNumber(0, 65_535, "", "; 0 takes a free port"),
    default: "4000",
    example: "8080",
    help: "The port on which the gateway listens. `0` takes a free port.",
  },
  MAX_CONNECTIONS: {
    group: "The server",
    type: wholeNumber(1, 1_000_000, "of connections"),
    default: "10000",
    example: "2000",
    help: "Connections that callers may have together. Beyond it idle ones are closed: first those that never sent a whole request, then those of the address that has most.",
  },
  ADMIN_PORT: {
    group: "The server",
    type: wholeNumber(0, 65_535, "", "; 0 takes a free port"),
    example: "9464",
    help: "A port of its own for `/metrics`, `/livez` and `/readyz`; then `/metrics` is nowhere else. Unset: all three are on `PORT`, but in production without `/metrics`.",
  },
  ADMIN_HOST: {
    group: "The server",
    type: host,
    onlyWith: ["ADMIN_PORT"],
    default: "127.0.0.1",
    example: "0.0.0.0",
    help: "The address on which `ADMIN_PORT` listens.",
  },
  DRAIN_SECONDS: {
    group: "The server",
    type: wholeNumber(0, 3600, "of seconds"),
    default: "0",
    productionDefault: "5",
    example: "10",
    help: "Seconds for which a stopping gateway still serves everything while `/readyz` says 503, so that load balancers send their requests elsewhere.",
  },
  NODE_ENV: {
    group: "The server",
    type: oneOf("development", "test", "production"),
    example: "production",
    help: "`production` turns off GraphiQL, introspection, suggestions and the sandbox as a default.",
  },
  BIRD_API_URL: {
    group: "Bird",
    type: birdApiUrl,
    default: "sandbox",
    productionDefault: null,
    example: "https://api.bird.com",
    help: "`sandbox`, or the root of the Bird API: https, or http on loopback.",
  },
  AUTH_MODE: {
    group: "Who may call",
    type: oneOf("forward", "jwt"),
    default: "forward",
    example: "jwt",
    help: "`forward`: the caller's own access key goes to Bird. `jwt`: the gateway holds the keys, and a token says who may use which.",
  },
  JWT_JWKS_URL: {
    group: "Who may call",
    type: safeUrl(
      "the https URL (http only on loopback) of the issuer's keys, without credentials or fragment",
    ),
    neededBy: jwtMode,
    example: "https://login.example.com/.well-known/jwks.json",
    help: "The URL of the issuer's keys: https, or http on loopback.",
  },
  JWT_ISSUER: {
    group: "Who may call",
    type: text("the issuer's name"),
    neededBy: jwtMode,
    example: "https://login.example.com",
    help: "The `iss` that a token must have.",
  },
  JWT_AUDIENCE: {
    group: "Who may call",
    type: text("the audience's name"),
    neededBy: jwtMode,
    example: "conversations",
    help: "The `aud` that a token must have.",
  },
  BIRD_ACCESS_KEYS_FILE: {
    group: "Who may call",
    type: text("the path of a file"),
    neededBy: jwtMode,
    example: "/run/secrets/access-keys.json",
    help: 'The path of a JSON file, `{"<workspaceId>": "<access key>"}`. It is read again on SIGHUP.',
  },
  BIRD_READS_PER_SECOND: {
    group: "Bird",
    type: callsPerSecond,
    default: "50",
    example: "25",
    help: "Reads that a workspace may make at Bird in a second.",
  },
  BIRD_WRITES_PER_SECOND: {
    group: "Bird",
    type: callsPerSecond,
    default: "500",
    example: "250",
    help: "Updates that a workspace may make at Bird in a second.",
  },
  BIRD_ATTEMPT_TIMEOUT_MS: {
    group: "Bird",
    type: milliseconds,
    default: "3000",
    example: "2000",
    help: "Milliseconds that one attempt of a call to Bird may take, connection and whole body included.",
  },
  BIRD_CONNECTIONS: {
    group: "Bird",
    type: wholeNumber(1, 100_000, "of connections"),
    default: "256",
    example: "1000",
    help: "Connections to Bird that are open at once, all workspaces together. Connections divided by Bird's latency are the calls a second that the process can make.",
  },
  BIRD_DEADLINE_MS: {
    group: "Limits of one operation",
    type: milliseconds,
    default: "10000",
    example: "5000",
    help: "Milliseconds that one operation may take, all its calls to Bird together.",
  },
  BIRD_BATCHING: {
    group: "Bird",
    type: oneOf("auto", "single"),
    default: "auto",
    example: "single",
    help: "`auto`: a page of a conversation's list serves many lookups where that saves calls. `single`: the gateway never lists.",
  },
  BIRD_CALLS_PER_OPERATION: {
    group: "Limits of one operation",
    type: wholeNumber(1, 100_000),
    default: "200",
    example: "100",
    help: "Calls to Bird that one operation may cause, retries included.",
  },
  PERSISTED_OPERATIONS: {
    group: "Persisted operations",
    type: oneOf("off", "log", "enforce"),
    default: "off",
    example: "enforce",
    help: "`log` or `enforce`: what happens to operations that are not in the manifest.",
  },
  PERSISTED_OPERATIONS_FILE: {
    group: "Persisted operations",
    type: text("the path of a file"),
    neededBy: { PERSISTED_OPERATIONS: ["log", "enforce"] },
    example: "manifest.json",
    help: "The path of the manifest, which `npm run persist` makes.",
  },
  ROUTER_SECRETS: {
    group: "Routers",
    type: headerSecrets,
    isSecret: true,
    example: "a-secret-of-the-router",
    help: "Secrets with commas between them. A router sends one of them in the header `router-authorization`.",
  },
  ROUTER_MAX_REPRESENTATIONS: {
    group: "Routers",
    type: wholeNumber(1, 10_000),
    default: "200",
    example: "500",
    help: "Entities that a router may ask for in one operation.",
  },
  GRAPHIQL: {
    group: "Browsers",
    type: oneOf("on", "off"),
    default: "on",
    productionDefault: "off",
    example: "off",
    help: "`on`: the page is served at `/graphiql`.",
  },
  CORS_ORIGINS: {
    group: "Browsers",
    type: origins,
    example: "https://inbox.example.com",
    help: "Origins with commas between them, whose pages may call `/graphql`.",
  },
} satisfies Readonly<Record<string, Variable>>;

/** The value of each variable, by name. A variable without a default may have none. */
export type Values = {
  readonly [Name in keyof typeof variables]: (typeof variables)[Name] extends {
    type: ValueType<infer Value>;
    default: string;
  }
    ? Value
    : (typeof variables)[Name] extends { type: ValueType<infer Value> }
      ? Value | undefined
      : never;
};

/** Every row with its name. Documents list them by group, and within a group in this order. */
export const rows: readonly (readonly [name: string, variable: Variable])[] = Object.entries(variables);
