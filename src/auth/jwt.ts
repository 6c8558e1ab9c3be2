// Authentication in jwt mode: a verified token names workspaces and scopes, and the gateway holds the access keys.
import { decodeProtectedHeader, errors, jwtVerify, type CryptoKey, type JWTPayload } from "jose";
import { z } from "zod";
import { forbidden, unauthenticated, type UpstreamFailure } from "../bird/failures.ts";
import * as events from "../observability/events.ts";
import type { Operation, OperationEnd } from "../operation/operation.ts";
import { fail, succeed } from "../result.ts";
import type { AccessKeys } from "./access-keys.ts";
import type { Authenticate, Caller, DenialReason, Scope } from "./caller.ts";
import { ALGORITHMS } from "./key-set.ts";
import { SigningKeys, SigningKeysUnavailable } from "./signing-keys.ts";

/** Seconds by which the clocks of the issuer and the gateway may differ. */
const CLOCK_TOLERANCE_S = 30;

/** `Bearer <JWT>`, whose three parts are base64url (RFC 7515, 7.1). */
const SCHEME = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** The rights in a token. A claim that is missing or has the wrong type gives no rights, but the token stays valid. */
const rightsSchema = z.object({
  workspaces: z.array(z.string().transform((id) => id.toLowerCase())).catch([]),
  scope: z
    .string()
    .transform((scopes) => scopes.split(" "))
    .catch([]),
});

type Rights = z.infer<typeof rightsSchema>;

/** What a token is checked against: the URL of the issuer's keys, and the claims `iss` and `aud`. */
export type TokenRules = { jwksUrl: URL; issuer: string; audience: string };

export type TokenAuthentication = { authenticate: Authenticate; close: () => void };

/**
 * Creates the authentication by tokens. Close it, since it fetches the issuer's keys in the background.
 *
 * @param accessKeys the keys of the workspaces; a reload takes effect for the next operation
 */
export function createTokenAuthentication(rules: TokenRules, accessKeys: AccessKeys): TokenAuthentication {
  const signingKeys = new SigningKeys(rules.jwksUrl);
  const authenticate: Authenticate = async (authorization, operation) => {
    try {
      const verified = await untilExpired(operation, verify(authorization, signingKeys, rules));
      if (verified === null) return undecided;
      return typeof verified === "string"
        ? denied(verified)
        : callerWith(rightsSchema.parse(verified), accessKeys);
    } catch (error) {
      if (error instanceof SigningKeysUnavailable) return undecided;
      throw error;
    }
  };
  return {
    authenticate,
    close: () => {
      signingKeys.close();
    },
  };
}

/**
 * Waits for a promise; null when the operation expires before. An operation whose caller has left may wait, since it is
 * not answered.
 */
function untilExpired<Value>(operation: Operation, promise: Promise<Value>): Promise<Value | null> {
  return new Promise((resolve, reject) => {
    const onOver = (end: OperationEnd) => {
      if (end === "expired") resolve(null);
    };
    operation.listen(onOver);
    promise
      .finally(() => {
        operation.unlisten(onOver);
      })
      .then(resolve, reject);
  });
}

/**
 * Verifies a token. Returns its claims, or why it is denied.
 *
 * @throws SigningKeysUnavailable when the keys to verify it cannot be fetched now
 */
async function verify(
  authorization: string | undefined,
  signingKeys: SigningKeys,
  rules: TokenRules,
): Promise<JWTPayload | DenialReason> {
  const arrivedAt = performance.now();
  if (authorization === undefined || authorization === "") return "missing";
  const token = SCHEME.exec(authorization)?.[1];
  const header = token === undefined ? null : readHeader(token);
  if (token === undefined || header === null) return "malformed";
  if (!ALGORITHMS.includes(header.alg ?? "")) return "algorithm";
  const known = await signingKeys.known();
  const first = await tryKeys(token, known.fitting(header), rules);
  if (!isAboutKeys(first)) return first;
  // The issuer may have rotated its keys, with a new key id or with a known one.
  const { keys, areNewer } = await signingKeys.renewed(token, arrivedAt);
  const second = keys === known ? first : await tryKeys(token, keys.fitting(header), rules);
  if (isAboutKeys(second) && !areNewer) throw new SigningKeysUnavailable();
  return second;
}

function isAboutKeys(verified: JWTPayload | DenialReason): verified is "signature" | "unknown_key" {
  return verified === "signature" || verified === "unknown_key";
}

/** Verifies the token with every key that may have signed it. */
async function tryKeys(
  token: string,
  keys: readonly CryptoKey[],
  { issuer, audience }: TokenRules,
): Promise<JWTPayload | DenialReason> {
  const checks = {
    algorithms: [...ALGORITHMS],
    issuer,
    audience,
    clockTolerance: CLOCK_TOLERANCE_S,
    requiredClaims: ["exp"],
  };
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key, checks);
      return reasonOfTimes(payload) ?? payload;
    } catch (error) {
      const reason = toDenialReason(error);
      if (reason !== "signature") return reason;
    }
  }
  return keys.length === 0 ? "unknown_key" : "signature";
}

/** Reads the header of a token; null where it is malformed. */
function readHeader(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return null;
  }
}

const reasonsByClaim: Readonly<Record<string, DenialReason>> = {
  iss: "issuer",
  aud: "audience",
  nbf: "not_yet",
};

/** Maps an error of jose. The token causes all of them, so none is a bug. */
function toDenialReason(error: unknown): DenialReason {
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JWTExpired) return "expired";
  if (error instanceof errors.JWTClaimValidationFailed) {
    const isCompared = error.reason === "check_failed" || error.reason === "missing";
    return (isCompared ? reasonsByClaim[error.claim] : undefined) ?? "claims";
  }
  return "malformed";
}

/**
 * Denies what jose does not check: a time that is not finite, which JSON.parse makes of 1e400, and an `iat` in the
 * future, which means that a clock is wrong or the token is forged.
 */
function reasonOfTimes({ exp, nbf, iat }: JWTPayload): DenialReason | null {
  if ([exp, nbf, iat].some((time) => time !== undefined && !Number.isFinite(time))) return "claims";
  return iat === undefined || iat <= Date.now() / 1000 + CLOCK_TOLERANCE_S ? null : "not_yet";
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

/** A caller without rights. The message does not say which check failed, because that would help to forge a token. */
function denied(reason: DenialReason): Caller {
  events.tokenDenied({ reason });
  const message =
    reason === "missing"
      ? "Send a token: Authorization: Bearer <JWT>."
      : "The token is not valid here, or not any more.";
  const result = fail(unauthenticated(message));
  return { accessKeyFor: () => result, denialReason: reason };
}

const keysUnavailable: UpstreamFailure = {
  kind: "upstream",
  code: "Unavailable",
  message: "The token cannot be checked now: its issuer's keys are out of reach. Nothing was sent to Bird.",
  details: null,
  reason: "UNAVAILABLE",
  outcome: null,
};

const undecided: Caller = { accessKeyFor: () => fail(keysUnavailable) };
