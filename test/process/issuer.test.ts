// The issuer of tokens as it is: it rotates keys, publishes odd ones, goes away, and its tokens are wrong in many ways.
import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { exportJWK, generateKeyPair } from "jose";
import { aParticipant, conversationId, workspaceId } from "../support/bird.ts";
import { startIssuer, toJwk, trusting, type Issuer } from "../support/issuer.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";
import { writeTemporary } from "../support/temporary.ts";
import { until } from "../support/until.ts";

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

let bird: ScriptedUpstream;
let issuer: Issuer;
let gateway: GatewayProcess;
let rotated: KeyPair;

async function start(args: string[] = []): Promise<void> {
  const environment = {
    ...trusting(issuer, writeTemporary({ [workspaceId]: "stored-canary-key" })),
    BIRD_API_URL: bird.url,
    BIRD_READS_PER_SECOND: "1000",
    NODE_ENV: "production",
    ADMIN_PORT: "0",
  };
  gateway = await startProcess(environment, "node", [...args, "dist/main.js"]);
}

beforeAll(async () => {
  rotated = await generateKeyPair("RS256");
});
beforeEach(async () => {
  bird = await startUpstream(json(200, aParticipant));
  issuer = await startIssuer([workspaceId]);
});
afterEach(async () => {
  await gateway.stop("SIGKILL");
  await issuer.close();
  await bird.close();
});

const query = `{ conversationParticipant(workspaceId: "${workspaceId}", conversationId: "${conversationId}", key: "emailaddress", value: "john.doe@bird.com") { __typename ... on AccessDeniedError { accessDeniedReason } ... on UpstreamError { upstreamReason retryable } } }`;

/** What a read with this token is answered with: the member, and its reason. */
async function ask(authorization: string | null): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(authorization !== null && { authorization }) },
    body: JSON.stringify({ query }),
  });
  return ((await response.text()).match(/(?<=":")\w+(?=")/g) ?? []).join(" ");
}

const found = "ConversationParticipant";
const unauthenticated = "AccessDeniedError UNAUTHENTICATED";
const undecided = "UpstreamError UNAVAILABLE";

/** The answer once it is decided: a token may have to wait until the keys may be fetched for it. */
async function decided(authorization: string): Promise<string> {
  let answer = "";
  await until(async () => {
    answer = await ask(authorization);
    return answer !== undecided;
  }, "the token is decided");
  return answer;
}

const lines = (event: string) =>
  gateway
    .stderr()
    .split("\n")
    .filter((line) => line.includes(`"event":"${event}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function metrics(): Promise<string> {
  const { port } = new URL(gateway.url);
  const admin = /admin.*?:(\d+)/i.exec(gateway.stdout())?.[1] ?? port;
  return (await fetch(`http://127.0.0.1:${admin}/metrics`)).text();
}

describe("a rotated key", () => {
  test.each([
    ["under a new key id", "new"],
    ["under the key id of the old one", "own"],
  ])("%s serves with its first token, a moment after the keys were fetched", async (_how, kid) => {
    await start();
    expect(await ask(`Bearer ${await issuer.token()}`)).toBe(found);
    issuer.publish([await toJwk(rotated.publicKey, { kid, alg: "RS256" })]);
    const token = `Bearer ${await issuer.signed(rotated.privateKey, { kid })}`;
    expect(await ask(token)).toBe(found);
    expect(bird.requests).toHaveLength(2);
  });

  test("is undecided, and never denied, when another caller's token has just caused a fetch", async () => {
    await start();
    expect(await ask(`Bearer ${await issuer.token()}`)).toBe(found);
    expect(await ask(`Bearer ${await issuer.token({}, { kid: "stranger" })}`)).toBe(unauthenticated);
    issuer.publish([await toJwk(rotated.publicKey, { kid: "new", alg: "RS256" })]);
    const token = `Bearer ${await issuer.signed(rotated.privateKey, { kid: "new" })}`;
    expect([found, undecided]).toContain(await ask(token));
    expect(await decided(token)).toBe(found);
  });
});

describe("an issuer that is away", () => {
  test("leaves the known keys in use, with one line and a metric of their age", async () => {
    await start();
    const token = `Bearer ${await issuer.token()}`;
    expect(await ask(token)).toBe(found);
    issuer.fail(502);
    expect(await ask(`Bearer ${await issuer.token({}, { kid: "unknown" })}`)).toBe(undecided);
    expect(await ask(token)).toBe(found);
    await until(() => lines("signingKeysUnavailable").length > 0);
    expect(lines("signingKeysUnavailable")).toMatchObject([{ cause: "status", status: 502 }]);
    expect(await metrics()).toMatch(/^gateway_signing_keys_age_seconds \d/m);
    expect(await metrics()).toMatch(/^gateway_signing_key_failures_total\{cause="status"\} [1-9]/m);
  });

  test("is logged with the cause where it cannot be reached", async () => {
    await issuer.close();
    await start();
    expect(await ask(`Bearer ${await issuer.token()}`)).toBe(undecided);
    await until(() => lines("signingKeysUnavailable").length > 0);
    expect(lines("signingKeysUnavailable")).toMatchObject([{ cause: "refused", status: null }]);
    issuer = await startIssuer([workspaceId]);
  });
});

test("a system clock that is set back by a day stops no fetch", async () => {
  await start(["--import", "./test/support/wall-clock.js"]);
  expect(await ask(`Bearer ${await issuer.token()}`)).toBe(found);
  gateway.signal("SIGUSR2");
  await until(() => gateway.stderr().includes("the clock was set back"));
  issuer.publish([await toJwk(rotated.publicKey, { kid: "new", alg: "RS256" })]);
  expect(await ask(`Bearer ${await issuer.signed(rotated.privateKey, { kid: "new" })}`)).toBe(found);
});

describe("odd keys", () => {
  test("do not affect good ones: two under one key id are both tried", async () => {
    const { publicKey, privateKey } = rotated;
    const other = await generateKeyPair("RS256");
    issuer.publish([
      await toJwk(other.publicKey, { kid: "twin", alg: "RS256" }),
      await toJwk(publicKey, { kid: "twin", alg: "RS256" }),
    ]);
    await start();
    expect(await ask(`Bearer ${await issuer.signed(privateKey, { kid: "twin" })}`)).toBe(found);
    expect(await ask(`Bearer ${await issuer.signed(other.privateKey, { kid: "twin" })}`)).toBe(found);
  });

  test("may have null for what they do not say", async () => {
    const nulls = { alg: null, use: null, key_ops: null, kid: null };
    issuer.publish([{ ...(await toJwk(rotated.publicKey, {})), ...nulls }]);
    await start();
    expect(await ask(`Bearer ${await issuer.signed(rotated.privateKey, { kid: "any" })}`)).toBe(found);
  });

  test("are left out with one line where they cannot be used, and a forged token that names one is no bug", async () => {
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
    const odd = [
      { ...weak, kid: "weak" },
      { ...weak, kid: "weak", alg: "RS256" },
      { kty: "RSA", kid: "broken", n: "AQAB", e: "AQAB" },
      { kty: "RSA", kid: "empty" },
      { kty: "EC", crv: "P-256", x: "AA", y: "AA", kid: "off-curve" },
      { kty: "oct", k: "c2VjcmV0", kid: "secret" },
      { kty: "AKP", alg: "ML-DSA-44", pub: "AA", kid: "quantum" },
      await toJwk(rotated.publicKey, { kid: "encryption", use: "enc" }),
      {
        ...(await exportJWK((await generateKeyPair("RS256", { extractable: true })).privateKey)),
        kid: "private",
      },
      null,
      "text",
      { kid: { toString: 1 } },
    ];
    issuer.publish([...odd, await toJwk(rotated.publicKey, { kid: "good" })]);
    await start();
    expect(await ask(`Bearer ${await issuer.signed(rotated.privateKey, { kid: "good" })}`)).toBe(found);
    for (const kid of ["weak", "broken", "empty", "off-curve", "secret", "quantum", "encryption", "private"])
      for (const alg of ["RS256", "ES256", "EdDSA"]) {
        const header = Buffer.from(JSON.stringify({ alg, kid })).toString("base64url");
        const [, payload = ""] = (await issuer.token()).split(".");
        expect([unauthenticated, undecided]).toContain(await ask(`Bearer ${header}.${payload}.AAAA`));
      }
    await until(() => lines("signingKeysLeftOut").length > 0);
    expect(lines("bug")).toEqual([]);
    expect(lines("signingKeysLeftOut")).toMatchObject([{ unusable: odd.length, usable: 1 }]);
    expect(bird.requests).toHaveLength(1);
  });

  test("may name Ed25519 in both ways (RFC 9864): a token signed as EdDSA or Ed25519 fits a key that says either or nothing", async () => {
    const { publicKey, privateKey } = await generateKeyPair("Ed25519");
    issuer.publish([
      await toJwk(publicKey, { kid: "EdDSA", alg: "EdDSA" }),
      await toJwk(publicKey, { kid: "Ed25519", alg: "Ed25519" }),
      await toJwk(publicKey, { kid: "nothing" }),
    ]);
    await start();
    for (const kid of ["EdDSA", "Ed25519", "nothing"])
      for (const alg of ["EdDSA", "Ed25519"]) {
        const answer = await ask(`Bearer ${await issuer.signed(privateKey, { alg, kid })}`);
        expect([kid, alg, answer]).toEqual([kid, alg, found]);
      }
  });
});

test("the reason of a denied token is logged and counted, and callers do not learn it", async () => {
  await start();
  const seconds = Math.floor(Date.now() / 1000);
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const [head = "", payload = ""] = (await issuer.token()).split(".");
  const tokens: [reason: string, token: string | null][] = [
    ["missing", null],
    ["missing", ""],
    ["malformed", "AccessKey canary"],
    ["malformed", "Bearer canary"],
    ["malformed", "Bearer a.b.c"],
    ["malformed", `Bearer ${encode({ alg: "RS256", kid: "own", crit: ["canary"] })}.${payload}.AAAA`],
    ["algorithm", `Bearer ${await issuer.confused()}`],
    ["algorithm", `Bearer ${encode({ alg: "none" })}.${payload}.AAAA`],
    ["algorithm", `Bearer ${encode({ alg: 7 })}.${payload}.AAAA`],
    ["unknown_key", `Bearer ${await issuer.token({}, { kid: "canary" })}`],
    ["signature", `Bearer ${await issuer.forged()}`],
    ["signature", `Bearer ${head}.${payload}.AAAA`],
    ["issuer", `Bearer ${await issuer.token({ iss: "https://canary.example.com" })}`],
    ["issuer", `Bearer ${await issuer.token({ iss: undefined })}`],
    ["audience", `Bearer ${await issuer.token({ aud: "canary" })}`],
    ["audience", `Bearer ${await issuer.token({ aud: undefined })}`],
    ["expired", `Bearer ${await issuer.token({ exp: seconds - 60 })}`],
    ["not_yet", `Bearer ${await issuer.token({ nbf: seconds + 60 })}`],
    ["not_yet", `Bearer ${await issuer.token({ iat: seconds + 60 })}`],
    ["claims", `Bearer ${await issuer.token({ exp: undefined })}`],
    ["claims", `Bearer ${await issuer.token({ exp: "canary" })}`],
    ["claims", `Bearer ${await issuer.token({ nbf: "canary" })}`],
    ["claims", `Bearer ${await issuer.token({ iat: "canary" })}`],
  ];
  for (const [reason, token] of tokens) {
    expect([reason, token === null ? await ask(null) : await decided(token)]).toEqual([
      reason,
      unauthenticated,
    ]);
    await until(() => lines("requestAnswered").at(-1)?.["denied"] === reason, `a line says ${reason}`);
  }
  const counted = await metrics();
  for (const reason of new Set(tokens.map(([name]) => name)))
    expect(counted).toMatch(new RegExp(`^gateway_denied_tokens_total\\{reason="${reason}"\\} [1-9]`, "m"));
  expect(gateway.stderr() + counted).not.toContain("canary");
});
