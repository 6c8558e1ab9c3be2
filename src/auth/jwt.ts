// Who calls, in jwt mode: a verified token says which workspaces and scopes; the gateway holds the access keys.
import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import { forbidden, unauthenticated, type UpstreamFailure } from "../bird/failures.ts";
import { fail, succeed } from "../result.ts";
import * as events from "../observability/events.ts";
import type { AccessKeys } from "./access-keys.ts";
import type { Authenticate, Caller, KeyResult, Scope } from "./caller.ts";

/** Asymmetric only: with an HMAC algorithm, the issuer's public key could be used to sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const CLOCK_TOLERANCE_S = 30;
const JWKS_TIMEOUT_MS = 3000;
/** How often an unknown key id may make the gateway fetch the keys again: callers choose the ids. */
const JWKS_COOLDOWN_MS = 30_000;

const SCHEME = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

const claimsSchema = z.object({
  workspaces: z.array(z.string().transform((id) => id.toLowerCase())),
  scope: z.string().transform((scopes) => scopes.split(" ")),
  /** jose compares it with nothing: a token from the future is a clock or a forger at work. */
  iat: z
    .number()
    .refine((seconds) => seconds <= Date.now() / 1000 + CLOCK_TOLERANCE_S)
    .optional(),
});

type Claims = z.infer<typeof claimsSchema>;

export type TokenRules = { jwksUrl: URL; issuer: string; audience: string };

/** @param accessKeys the keys of the workspaces, as they are at the time of the call */
export function createTokenAuthentication(rules: TokenRules, accessKeys: AccessKeys): Authenticate {
  const options = { timeoutDuration: JWKS_TIMEOUT_MS, cooldownDuration: JWKS_COOLDOWN_MS };
  const keyOf = tellingOutages(createRemoteJWKSet(rules.jwksUrl, options));
  const checks = {
    algorithms: ALGORITHMS,
    issuer: rules.issuer,
    audience: rules.audience,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ["exp"],
  };
  return async (authorization) => {
    const token = SCHEME.exec(authorization ?? "")?.[1];
    if (token === undefined) return refused("Send a token: Authorization: Bearer <JWT>.");
    try {
      const { payload } = await jwtVerify(token, keyOf, checks);
      const claims = claimsSchema.safeParse(payload);
      return claims.success
        ? callerWith(claims.data, accessKeys)
        : refused("The token's claims are not those the gateway needs: workspaces, scope, exp.");
    } catch (error) {
      if (error instanceof KeysUnavailable) return always(fail(keysUnavailable));
      // jose's messages name the claim that is wrong; which one is nothing a stranger needs to know.
      if (error instanceof errors.JOSEError) return refused("The token is not valid here, or not any more.");
      throw error;
    }
  };
}

function callerWith({ workspaces, scope }: Claims, accessKeys: AccessKeys): Caller {
  return {
    accessKeyFor: (workspaceId: string, wanted: Scope) => {
      if (!workspaces.includes(workspaceId)) return fail(forbidden("The token is not for this workspace."));
      if (!scope.includes(wanted)) return fail(forbidden(`The token's scope lacks ${wanted}.`));
      const key = accessKeys.of(workspaceId);
      return key === undefined ? fail(forbidden("The gateway has no key for this workspace.")) : succeed(key);
    },
  };
}

function refused(message: string): Caller {
  return always(fail(unauthenticated(message)));
}

function always(result: KeyResult): Caller {
  return { accessKeyFor: () => result };
}

class KeysUnavailable extends Error {}

/** Tells "the issuer's keys cannot be had", which is nobody's fault who calls, from "no key fits this token". */
function tellingOutages(keyOf: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    try {
      return await keyOf(header, token);
    } catch (error) {
      const isCallersFault =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      if (isCallersFault) throw error;
      events.signingKeysUnavailable({ error });
      throw new KeysUnavailable();
    }
  };
}

const keysUnavailable: UpstreamFailure = {
  kind: "upstream",
  code: "Unavailable",
  message: "The token cannot be checked now: its issuer's keys are out of reach. Nothing was sent to Bird.",
  details: null,
  reason: "UNAVAILABLE",
  outcome: null,
};
