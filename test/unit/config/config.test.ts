import { describe, expect, test } from "@jest/globals";
import { ConfigError, readConfig, type Environment, type FileChecks } from "../../../src/config/config.ts";

function problemsOf(environment: Environment, fileChecks: FileChecks = {}): string[] {
  try {
    readConfig(environment, fileChecks);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n");
    throw error;
  }
  return [];
}

const jwt = {
  AUTH_MODE: "jwt",
  JWT_JWKS_URL: "https://issuer.example.com/jwks?v=1",
  JWT_ISSUER: "https://issuer.example.com",
  JWT_AUDIENCE: "bird",
  BIRD_ACCESS_KEYS_FILE: "keys.json",
};

describe("readConfig", () => {
  test("has a default for every variable", () => {
    expect(readConfig({})).toEqual({
      production: false,
      listen: { host: "127.0.0.1", port: 4000, maxConnections: 10_000, drainMs: 0 },
      admin: null,
      bird: {
        url: null,
        quotas: { readsPerSecond: 50, writesPerSecond: 500 },
        attemptTimeoutMs: 3000,
        maxConnections: 256,
        batching: "auto",
      },
      operations: { deadlineMs: 10_000, maxCalls: 200, persisted: { mode: "off" } },
      auth: { mode: "forward" },
      routers: { secrets: [], maxRepresentations: 200 },
      browsers: { graphiql: true, corsOrigins: [] },
    });
  });

  test("takes an empty value for unset", () => {
    expect(readConfig({ HOST: "", PORT: "", BIRD_API_URL: "", AUTH_MODE: "" })).toEqual(readConfig({}));
  });

  test.each([
    "https://api.bird.com",
    "https://proxy.example.com/bird/",
    "http://127.0.0.1:8080",
    "http://localhost:1",
    "http://[::1]:1",
  ])("takes the API at %s", (url) => {
    expect(readConfig({ BIRD_API_URL: url }).bird.url?.href).toBe(new URL(url).href);
  });

  test.each([
    "api.bird.com",
    "http://api.bird.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "https://user:secret@api.bird.com",
    "https://api.bird.com/?x=1",
    "https://api.bird.com/#x",
  ])("does not accept the API at %s", (url) => {
    expect(problemsOf({ BIRD_API_URL: url })).toHaveLength(1);
  });

  test("has no default API in production", () => {
    expect(problemsOf({ NODE_ENV: "production" })).toEqual([
      expect.stringMatching(/^BIRD_API_URL is unset, /),
    ]);
    expect(problemsOf({ NODE_ENV: "production", BIRD_API_URL: "sandbox" })).toEqual([]);
  });

  test("names every problem at once: the variable, its value and what is allowed", () => {
    expect(
      problemsOf({ PORT: "70000", BIRD_DEADLINE_MS: "10s", AUTH_MODE: "none", BIRD_API_URL: "nowhere" }),
    ).toEqual([
      'PORT is "70000": give a whole number from 0 to 65535; 0 takes a free port',
      expect.stringMatching(/^BIRD_API_URL is "nowhere": give sandbox, or /),
      'AUTH_MODE is "none": give forward or jwt',
      'BIRD_DEADLINE_MS is "10s": give a whole number of milliseconds from 1 to 600000',
    ]);
  });

  test.each(["-1", "1.5", "0x10", "8 0", "1e3", "65536"])("rejects the port %j", (port) => {
    expect(problemsOf({ PORT: port })).toHaveLength(1);
  });

  test("takes the routers' secrets apart at the commas", () => {
    expect(readConfig({ ROUTER_SECRETS: "a-new-one-16-long, the=old/one+16-long" }).routers.secrets).toEqual([
      "a-new-one-16-long",
      "the=old/one+16-long",
    ]);
  });

  test.each([
    ",",
    "a-secret-of-16-or-more,",
    "a-secret-of-16-or-more,,another-of-16-or-more",
    "a secret of 16 or more",
    "a-secret\nof-16-or-more",
    "a-sécret-of-16-or-more",
    "a".repeat(513),
    "15-characters-x",
    "a-secret-of-16-or-more,short",
  ])("rejects the routers' secrets %j without showing them", (text) => {
    expect(problemsOf({ ROUTER_SECRETS: text })).toEqual([
      "ROUTER_SECRETS is a secret that is not shown: give secrets of 16 to 512 visible ASCII characters, separated by commas",
    ]);
  });

  test.each(["0", "10001", "many"])("rejects %j as the most representations", (text) => {
    expect(problemsOf({ ROUTER_MAX_REPRESENTATIONS: text })).toEqual([
      `ROUTER_MAX_REPRESENTATIONS is "${text}": give a whole number from 1 to 10000`,
    ]);
  });

  test("takes the four variables of jwt mode", () => {
    expect(readConfig(jwt).auth).toEqual({
      mode: "jwt",
      jwksUrl: new URL("https://issuer.example.com/jwks?v=1"),
      issuer: "https://issuer.example.com",
      audience: "bird",
      accessKeysFile: "keys.json",
    });
  });

  test.each(["JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE", "BIRD_ACCESS_KEYS_FILE"])(
    "does not start jwt mode without %s",
    (name) => {
      expect(problemsOf({ ...jwt, [name]: "" })).toEqual([`${name} is unset: AUTH_MODE=jwt needs it`]);
    },
  );

  test.each([
    "http://issuer.example.com/jwks",
    "file:///etc/passwd",
    "https://user:secret@issuer.example.com/",
    "issuer",
  ])("does not accept signing keys at %s", (url) => {
    expect(problemsOf({ ...jwt, JWT_JWKS_URL: url })).toHaveLength(1);
  });

  test.each(["log", "enforce"])("needs a manifest to %s persisted operations", (mode) => {
    expect(problemsOf({ PERSISTED_OPERATIONS: mode })).toEqual([
      `PERSISTED_OPERATIONS_FILE is unset: PERSISTED_OPERATIONS=${mode} needs it`,
    ]);
    const file = "manifest.json";
    const { operations } = readConfig({ PERSISTED_OPERATIONS: mode, PERSISTED_OPERATIONS_FILE: file });
    expect(operations.persisted).toEqual({ mode, file });
  });

  test.each(["prod", "Production", "staging", "dev"])("takes no NODE_ENV of %s", (text) => {
    const [problem] = problemsOf({ NODE_ENV: text, BIRD_API_URL: "sandbox" });
    expect(problem).toBe(`NODE_ENV is "${text}": give development, test or production`);
  });

  test.each(["development", "test"])("is no production where NODE_ENV is %s", (text) => {
    expect(readConfig({ NODE_ENV: text }).production).toBe(false);
  });

  test("tells the problems that a misspelt mode would hide", () => {
    expect(problemsOf({ AUTH_MODE: "JWT" })).toEqual([
      'AUTH_MODE is "JWT": give forward or jwt',
      ...["JWT_JWKS_URL", "JWT_ISSUER", "JWT_AUDIENCE", "BIRD_ACCESS_KEYS_FILE"].map(
        (name) => `${name} is unset: AUTH_MODE=JWT needs it`,
      ),
    ]);
    expect(problemsOf({ NODE_ENV: "Production" })).toEqual([
      expect.stringMatching(/^NODE_ENV is "Production": /),
      expect.stringMatching(/^BIRD_API_URL is unset, /),
    ]);
  });

  test("tells what is wrong with a file beside all other problems", () => {
    const files = { BIRD_ACCESS_KEYS_FILE: () => "is not JSON" };
    expect(problemsOf({ ...jwt, PORT: "x" }, files)).toEqual([
      expect.stringMatching(/^PORT is "x": /),
      'BIRD_ACCESS_KEYS_FILE is "keys.json", a file that is not JSON',
    ]);
    expect(problemsOf(jwt, { BIRD_ACCESS_KEYS_FILE: () => null })).toEqual([]);
  });

  test("never shows a secret", () => {
    expect(problemsOf({ ROUTER_SECRETS: "canary,", REDIS_URL: "redis://canary" }).join()).not.toContain(
      "canary",
    );
  });

  test("serves GraphiQL, in production only when asked for", () => {
    const production = { NODE_ENV: "production", BIRD_API_URL: "https://api.bird.com" };
    expect(readConfig({ GRAPHIQL: "off" }).browsers.graphiql).toBe(false);
    expect(readConfig(production).browsers.graphiql).toBe(false);
    expect(readConfig({ ...production, GRAPHIQL: "on" }).browsers.graphiql).toBe(true);
    expect(problemsOf({ GRAPHIQL: "yes" })).toEqual(['GRAPHIQL is "yes": give on or off']);
  });

  test("takes origins as browsers and the web views of apps send them", () => {
    const origins = [
      "https://inbox.example.com",
      "http://localhost:5173",
      "http://[::1]:5173",
      "capacitor://localhost",
      "ionic://localhost",
      "tauri://localhost",
      "app://inbox.example:8080",
      "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
      "moz-extension://6f9cf3c2-0d1e-4a3b-9c8d-7e6f5a4b3c2d",
    ];
    expect(readConfig({ CORS_ORIGINS: origins.join(", ") }).browsers.corsOrigins).toEqual(origins);
  });

  test.each([
    "*",
    "null",
    "inbox.example.com",
    "https://inbox.example.com/",
    "https://INBOX.example.com",
    "https://a.example:443",
    "https://*.example.com",
    "https://a.example,",
    "https://me@a.example",
    "https://a.example?b",
    "capacitor://localhost/",
    "capacitor://localhost/path",
    "capacitor://localhost?a",
    "capacitor://*",
    "capacitor://",
    "capacitor:localhost",
    "file://",
    "https://a.example https://b.example",
  ])("takes no CORS_ORIGINS of %s", (text) => {
    expect(problemsOf({ CORS_ORIGINS: text })).toEqual([
      expect.stringMatching(/^CORS_ORIGINS is ".*": give origins such as/),
    ]);
  });
});

describe("the environment as it arrives", () => {
  test.each(["\n", "\r", "\r\n", " ", "\t", "\u00a0", "\ufeff"])("loses %j around a value", (space) => {
    const around = Object.fromEntries(
      Object.entries(jwt).map(([name, value]) => [name, space + value + space]),
    );
    expect(readConfig(around)).toEqual(readConfig(jwt));
    expect(readConfig({ NODE_ENV: `production${space}`, BIRD_API_URL: "sandbox" }).production).toBe(true);
    expect(readConfig({ HOST: space, PORT: space })).toEqual(readConfig({}));
  });

  test.each(Object.entries(jwt))("keeps no quotes in %s, which Docker's --env-file leaves", (name, value) => {
    for (const quoted of [`"${value}"`, `'${value}'`, `"${value}`, `${value}'`, `“${value}”`])
      expect(problemsOf({ ...jwt, [name]: quoted })).toEqual([
        expect.stringMatching(new RegExp(`^${name} is .*: give it without quotes`)),
      ]);
  });

  test.each(["a\nb", "a\rb", "a\u0000b", "a\u001bb", "a\u200bb", "a\u2028b"])(
    "has no value with a character that nobody sees: %j",
    (text) => {
      for (const name of ["JWT_ISSUER", "JWT_AUDIENCE", "BIRD_ACCESS_KEYS_FILE"])
        expect(problemsOf({ ...jwt, [name]: text })).toEqual([
          expect.stringMatching(new RegExp(`^${name} is .*: give it without control characters`)),
        ]);
    },
  );

  test("shows no secret that has quotes or a line end in it", () => {
    for (const secret of [
      '"canary-canary-canary"',
      "canary-canary\ncanary",
      'other-other-other,"canary-canary"',
    ])
      expect(problemsOf({ ROUTER_SECRETS: secret })).toEqual([
        expect.stringMatching(/^ROUTER_SECRETS is a secret that is not shown: give /),
      ]);
  });

  test.each<[string, Record<string, string>, string]>([
    ["JWT_JWKS_URL", { JWT_JWKS_URL: jwt.JWT_JWKS_URL }, "AUTH_MODE=jwt"],
    ["JWT_ISSUER", { JWT_ISSUER: jwt.JWT_ISSUER }, "AUTH_MODE=jwt"],
    ["JWT_AUDIENCE", { JWT_AUDIENCE: "a" }, "AUTH_MODE=jwt"],
    ["BIRD_ACCESS_KEYS_FILE", { BIRD_ACCESS_KEYS_FILE: "keys.json" }, "AUTH_MODE=jwt"],
    ["PERSISTED_OPERATIONS_FILE", { PERSISTED_OPERATIONS_FILE: "m.json" }, "PERSISTED_OPERATIONS=log"],
    ["ADMIN_HOST", { ADMIN_HOST: "0.0.0.0" }, "ADMIN_PORT"],
  ])("has no %s without effect: what it needs is named", (name, environment, wanted) => {
    const [other] = wanted.split("=");
    expect(problemsOf(environment)).toEqual([
      `${name} has no effect while ${other ?? ""} is unset: set ${wanted}, or leave ${name} unset`,
    ]);
  });

  test.each(["http://x", "localhost:4000", "[::1]", "a b", "a..b", "-a", "a/b", "a".repeat(254)])(
    "has no host %s",
    (host) => {
      expect(problemsOf({ HOST: host, ADMIN_HOST: host, ADMIN_PORT: "0" })).toEqual([
        expect.stringMatching(/^HOST is .*: give an address or a name of this machine$/),
        expect.stringMatching(/^ADMIN_HOST is .*: give an address or a name of this machine$/),
      ]);
    },
  );

  test.each(["0.0.0.0", "::1", "fe80::1%eth0", "localhost", "my_container", "gateway-1.example.com."])(
    "may have the host %s",
    (host) => {
      expect(readConfig({ HOST: host }).listen.host).toBe(host);
    },
  );

  test.each<Record<string, string>>([
    { PORT: "9464", ADMIN_PORT: "9464" },
    { ADMIN_PORT: "4000" },
    { HOST: "0.0.0.0", ADMIN_PORT: "4000" },
    { ADMIN_HOST: "::", ADMIN_PORT: "4000" },
    { ADMIN_HOST: "0:0:0:0:0:0:0:0", ADMIN_PORT: "4000" },
    { HOST: "localhost", ADMIN_PORT: "4000" },
    { HOST: "LocalHost.", ADMIN_HOST: "localhost", ADMIN_PORT: "4000" },
    { HOST: "::1", ADMIN_HOST: "0:0::1", ADMIN_PORT: "4000" },
  ])("has no port for both servers: %j", (environment) => {
    expect(problemsOf(environment)).toEqual([
      expect.stringMatching(/^ADMIN_PORT is \d+, which is PORT: give/),
    ]);
  });

  test.each<Record<string, string>>([
    { PORT: "0", ADMIN_PORT: "0" },
    { ADMIN_HOST: "127.0.0.2", ADMIN_PORT: "4000" },
    { ADMIN_HOST: "::1", ADMIN_PORT: "4000" },
  ])("may have one port on two addresses, or free ones: %j", (environment) => {
    expect(problemsOf(environment)).toEqual([]);
  });

  test.each([
    "https://user:hunter2@api.example.com",
    "https:user:hunter2@api.example.com",
    "https:\\\\user:hunter2@api.example.com",
    "https://user:hunt/er2@api.example.com",
    "https://hunter2@api.example.com?a=@",
    "HTTPS://user:p@hunter2@api.example.com",
    "hunter2@api.example.com",
  ])("is rejected without showing the credentials of %s", (url) => {
    const [problem = "", ...others] = problemsOf({ BIRD_API_URL: url });
    expect(problem).toMatch(/^BIRD_API_URL is ".*…@.*": give /);
    expect(problem).not.toMatch(/hunt|er2|user/);
    expect(others).toEqual([]);
  });

  test("may hold what a mode that is switched off on purpose would need", () => {
    expect(readConfig({ ...jwt, AUTH_MODE: "forward" }).auth).toEqual({ mode: "forward" });
    expect(problemsOf({ PERSISTED_OPERATIONS: "off", PERSISTED_OPERATIONS_FILE: "m.json" })).toEqual([]);
  });

  test.each(["tcp://10.96.0.1:4000", "tcp://[fd00::1]:80", "udp://10.96.0.1:53"])(
    "has unset ports where Kubernetes sets %s for a Service",
    (address) => {
      expect(readConfig({ PORT: address, ADMIN_PORT: address })).toEqual(readConfig({}));
    },
  );
});
