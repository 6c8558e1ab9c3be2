// An issuer of tokens: its keys over real HTTP, and tokens of every kind, good and bad.
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { listen } from "./listen.ts";

export const audience = "bird-conversations-gateway";

export type Issuer = {
  url: string;
  /** How often the keys were fetched. */
  fetches: () => number;
  /** From now on the keys are answered with this status. */
  fail: (status: number | null) => void;
  /** Replaces the published keys. They may be invalid. */
  publish: (keys: readonly unknown[]) => void;
  /** Answers no fetch until the function that is returned is called. */
  hold: () => () => void;
  /** A token with these claims instead of the valid ones; `undefined` leaves one out. */
  token: (claims?: Record<string, unknown>, header?: { alg?: string; kid?: string }) => Promise<string>;
  /** A token with a claim as a text of JSON, for what JSON.stringify does not write. */
  tokenWithText: (claim: string, text: string) => Promise<string>;
  /** A token signed by a key of the test's own, which may be published or not. */
  signed: (
    key: Parameters<SignJWT["sign"]>[0],
    header: { alg?: string; kid?: string | undefined },
    claims?: Record<string, unknown>,
  ) => Promise<string>;
  /** A token signed by one of the issuer's two keys, that does not say by which. */
  withoutKeyId: (key: "own" | "second") => Promise<string>;
  /** A token signed by another key under this issuer's key id. */
  forged: (header?: { kid?: string | undefined }) => Promise<string>;
  /** A token signed with the public key as if it were an HMAC secret. */
  confused: () => Promise<string>;
  close: () => Promise<void>;
};

/** Made once: it takes a tenth of a second each. */
let keyPairs: ReturnType<typeof makeKeyPairs> | undefined;

async function makeKeyPairs() {
  const [own, second, foreign] = await Promise.all([
    generateKeyPair("RS256"),
    generateKeyPair("RS256"),
    generateKeyPair("RS256"),
  ]);
  return { own, second, foreign };
}

export async function startIssuer(workspaces: string[]): Promise<Issuer> {
  const { own, second, foreign } = await (keyPairs ??= makeKeyPairs());
  let keys: readonly unknown[] = [
    await toJwk(own.publicKey, { kid: "own", alg: "RS256" }),
    await toJwk(second.publicKey, { kid: "second", alg: "RS256" }),
  ];
  let fetches = 0;
  let failure: number | null = null;
  let held: Promise<unknown> | null = null;
  const server = createServer((_request, response) => {
    fetches += 1;
    const answer = () => {
      const headers = { "content-type": "application/json" };
      response.writeHead(failure ?? 200, headers).end(JSON.stringify({ keys }));
    };
    void (held ?? Promise.resolve()).then(answer);
  });
  const listening = await listen(server);
  const url = `${listening.url}/jwks`;
  const now = () => Math.floor(Date.now() / 1000);
  const claimsWith = (claims: Record<string, unknown>): JWTPayload => ({
    iss: "https://issuer.example.com",
    aud: audience,
    sub: "canary-subject",
    exp: now() + 600,
    workspaces,
    scope: "participant:read participant:write",
    ...claims,
  });
  const sign = (
    claims: Record<string, unknown>,
    header: { alg?: string; kid?: string | undefined },
    key: Parameters<SignJWT["sign"]>[0],
  ) => {
    const { alg = "RS256", kid } = { kid: "own", ...header };
    return new SignJWT(claimsWith(claims))
      .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
      .sign(key);
  };
  return {
    url,
    fetches: () => fetches,
    fail: (status) => (failure = status),
    publish: (others) => (keys = others),
    hold: () => {
      const holding = new EventEmitter();
      held = once(holding, "release");
      return () => {
        held = null;
        holding.emit("release");
      };
    },
    token: (claims = {}, header = {}) => sign(claims, header, own.privateKey),
    tokenWithText: (claim, text) => {
      const payload = JSON.stringify(claimsWith({ [claim]: "<text>" })).replace('"<text>"', text);
      return new CompactSign(Buffer.from(payload))
        .setProtectedHeader({ alg: "RS256", kid: "own" })
        .sign(own.privateKey);
    },
    signed: (key, header, claims = {}) => sign(claims, header, key),
    withoutKeyId: (key) => sign({}, { kid: undefined }, { own, second }[key].privateKey),
    forged: (header = {}) => sign({}, header, foreign.privateKey),
    confused: async () =>
      sign({}, { alg: "HS256" }, new TextEncoder().encode(await exportSPKI(own.publicKey))),
    close: listening.close,
  };
}

/** A key as an issuer publishes it. */
export async function toJwk(
  key: Parameters<typeof exportJWK>[0],
  properties: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return { ...(await exportJWK(key)), use: "sig", ...properties };
}

/** The environment of a gateway that trusts an issuer. */
export function trusting(issuer: Issuer, accessKeysFile: string): Record<string, string> {
  return {
    AUTH_MODE: "jwt",
    JWT_JWKS_URL: issuer.url,
    JWT_ISSUER: "https://issuer.example.com",
    JWT_AUDIENCE: audience,
    BIRD_ACCESS_KEYS_FILE: accessKeysFile,
  };
}
