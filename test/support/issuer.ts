// An issuer of tokens: its keys over real HTTP, and tokens of every kind, good and bad.
import { createServer } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import { listen } from "./listen.ts";

export const audience = "bird-conversations-gateway";

export type Issuer = {
  url: string;
  /** How often the keys were fetched. */
  fetches: () => number;
  /** From now on the keys are answered with this status. */
  fail: (status: number | null) => void;
  /** A token with these claims in place of the good ones; `undefined` leaves one out. */
  token: (claims?: Record<string, unknown>, header?: { alg?: string; kid?: string }) => Promise<string>;
  /** A token signed by one of the issuer's two keys, that does not say by which. */
  withoutKeyId: (key: "own" | "second") => Promise<string>;
  /** A token signed by somebody else's key under this issuer's key id. */
  forged: (header?: { kid?: string | undefined }) => Promise<string>;
  /** A token signed with the public key as if it were an HMAC secret. */
  confused: () => Promise<string>;
  close: () => Promise<void>;
};

export async function startIssuer(workspaces: string[]): Promise<Issuer> {
  const own = await generateKeyPair("RS256");
  const second = await generateKeyPair("RS256");
  const foreign = await generateKeyPair("RS256");
  const toJwk = async (kid: string, key: Parameters<typeof exportJWK>[0]) => ({
    ...(await exportJWK(key)),
    kid,
    alg: "RS256",
    use: "sig",
  });
  const jwks = { keys: [await toJwk("own", own.publicKey), await toJwk("second", second.publicKey)] };
  let fetches = 0;
  let failure: number | null = null;
  const server = createServer((_request, response) => {
    fetches += 1;
    response.writeHead(failure ?? 200, { "content-type": "application/json" }).end(JSON.stringify(jwks));
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
    token: (claims = {}, header = {}) => sign(claims, header, own.privateKey),
    withoutKeyId: (key) => sign({}, { kid: undefined }, { own, second }[key].privateKey),
    forged: (header = {}) => sign({}, header, foreign.privateKey),
    confused: async () =>
      sign({}, { alg: "HS256" }, new TextEncoder().encode(await exportSPKI(own.publicKey))),
    close: listening.close,
  };
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
