// Who calls, in jwt mode: a verified token says which workspaces and scopes; the gateway holds the access keys.
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from "jose";
import { z } from "zod";
import { forbidden, unauthenticated, type UpstreamFailure } from "../bird/failures.ts";
import { fail, succeed } from "../result.ts";
import type { AccessKeys } from "./access-keys.ts";
import type { Authenticate, Caller, KeyResult, Scope } from "./caller.ts";
import { SigningKeys, SigningKeysUnavailable } from "./signing-keys.ts";

/** Asymmetric only: with an HMAC algorithm, the issuer's public key could be used to sign. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"];
const CLOCK_TOLERANCE_S = 30;

const SCHEME = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** What the token allows. A claim that is missing, or of another type, allows nothing: who calls is known all the same. */
const rightsSchema = z.object({
  workspaces: z.array(z.string().transform((id) => id.toLowerCase())).catch([]),
  scope: z
    .string()
    .transform((scopes) => scopes.split(" "))
    .catch([]),
});

type Rights = z.infer<typeof rightsSchema>;

export type TokenRules = { jwksUrl: URL; issuer: string; audience: string };

/** @param accessKeys the keys of the workspaces, as they are at the time of the call */
export function createTokenAuthentication(rules: TokenRules, accessKeys: AccessKeys): Authenticate {
  const signingKeys = new SigningKeys(rules.jwksUrl);
  const checks = {
    algorithms: ALGORITHMS,
    issuer: rules.issuer,
    audience: rules.audience,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ["exp"],
  };
  return async (authorization) => {
    const token = SCHEME.exec(authorization ?? "")?.[1];
    if (token === undefined) return denied("Send a token: Authorization: Bearer <JWT>.");
    try {
      const payload = await verify(token, signingKeys, checks);
      if (payload === null || isFromTheFuture(payload)) return denied(NOT_VALID);
      return callerWith(rightsSchema.parse(payload), accessKeys);
    } catch (error) {
      if (error instanceof SigningKeysUnavailable) return always(fail(keysUnavailable));
      // jose's messages name the claim that is wrong; which one is nothing a stranger needs to know.
      if (error instanceof errors.JOSEError) return denied(NOT_VALID);
      throw error;
    }
  };
}

const NOT_VALID = "The token is not valid here, or not any more.";

/**
 * Tries every key that may have signed the token.
 *
 * @returns null where none of them did
 * @throws JOSEError when the token is wrong in another way
 */
async function verify(
  token: string,
  signingKeys: SigningKeys,
  checks: JWTVerifyOptions,
): Promise<JWTPayload | null> {
  const header = readHeader(token);
  if (header === null) return null;
  for (const key of await signingKeys.find(header)) {
    try {
      return (await jwtVerify(token, key, checks)).payload;
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  return null;
}

/** Null for a header that cannot be read, or names an algorithm that is not allowed: no key is looked for then. */
function readHeader(token: string) {
  try {
    const header = decodeProtectedHeader(token);
    return ALGORITHMS.includes(header.alg ?? "") ? header : null;
  } catch {
    return null;
  }
}

/** jose compares `iat` with nothing: a token from the future comes from a clock that is wrong, or from a forger. */
function isFromTheFuture({ iat }: JWTPayload): boolean {
  return iat !== undefined && !(iat <= Date.now() / 1000 + CLOCK_TOLERANCE_S);
}

function callerWith({ workspaces, scope }: Rights, accessKeys: AccessKeys): Caller {
  return {
    accessKeyFor: (workspaceId: string, wanted: Scope) => {
      if (!workspaces.includes(workspaceId)) return fail(forbidden("The token is not for this workspace."));
      if (!scope.includes(wanted)) return fail(forbidden(`The token's scope lacks ${wanted}.`));
      const key = accessKeys.of(workspaceId);
      return key === undefined ? fail(forbidden("The gateway has no key for this workspace.")) : succeed(key);
    },
  };
}

function denied(message: string): Caller {
  return always(fail(unauthenticated(message)));
}

function always(result: KeyResult): Caller {
  return { accessKeyFor: () => result };
}

const keysUnavailable: UpstreamFailure = {
  kind: "upstream",
  code: "Unavailable",
  message: "The token cannot be checked now: its issuer's keys are out of reach. Nothing was sent to Bird.",
  details: null,
  reason: "UNAVAILABLE",
  outcome: null,
};
