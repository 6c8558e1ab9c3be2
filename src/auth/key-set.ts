// The keys of one response of the issuer: which are usable, and which may have signed a token.
import { importJWK, type CryptoKey, type JWK, type JWSHeaderParameters } from "jose";

/**
 * The algorithms of each key type. Only asymmetric ones: with HMAC, an attacker could sign with the issuer's public key.
 * `Ed25519` is the name in RFC 9864 for `EdDSA` with that curve.
 */
const ALGORITHMS_OF: Readonly<Record<string, readonly string[]>> = {
  RSA: ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  "EC P-256": ["ES256"],
  "EC P-384": ["ES384"],
  "EC P-521": ["ES512"],
  "OKP Ed25519": ["EdDSA", "Ed25519"],
};

/** The algorithms that a token may be signed with. */
export const ALGORITHMS: readonly string[] = Object.values(ALGORITHMS_OF).flat();

/** Shorter RSA keys must not be used (RFC 7518, 3.3). */
const MIN_RSA_BITS = 2048;

type UsableKey = {
  readonly kid: string | undefined;
  /** One CryptoKey for each algorithm, because a CryptoKey has exactly one. */
  readonly byAlgorithm: ReadonlyMap<string, CryptoKey>;
};

export class KeySet {
  readonly #keys: readonly UsableKey[];
  /** How many keys of the response cannot be used. */
  readonly unusable: number;

  private constructor(keys: readonly UsableKey[], unusable: number) {
    this.#keys = keys;
    this.unusable = unusable;
  }

  /** @returns null for a response that is not a key set (RFC 7517, 5) */
  static async from(answer: unknown): Promise<KeySet | null> {
    if (typeof answer !== "object" || answer === null || !("keys" in answer)) return null;
    if (!Array.isArray(answer.keys)) return null;
    const imported = await Promise.all(answer.keys.map(importKey));
    const usable = imported.filter((key) => key !== null);
    return new KeySet(usable, imported.length - usable.length);
  }

  /** How many keys can be used. */
  get size(): number {
    return this.#keys.length;
  }

  /** The keys that match the algorithm and, where both the token and the key have one, the key id. */
  fitting({ alg = "", kid }: JWSHeaderParameters): CryptoKey[] {
    return this.#keys
      .filter((key) => kid === undefined || key.kid === undefined || key.kid === kid)
      .map((key) => key.byAlgorithm.get(alg))
      .filter((key) => key !== undefined);
  }
}

/** Imports a key; null where it cannot verify a token: another type or use, too short, malformed, or a private key. */
async function importKey(given: unknown): Promise<UsableKey | null> {
  const jwk = withoutNulls(given);
  if (!isPublicSigningKey(jwk)) return null;
  const algorithms = algorithmsOf(jwk);
  try {
    const keys = await Promise.all(algorithms.map((alg) => importJWK(jwk, alg)));
    const byAlgorithm = new Map<string, CryptoKey>();
    for (const [index, key] of keys.entries()) {
      if (key instanceof Uint8Array || !isStrong(key)) return null;
      byAlgorithm.set(algorithms[index] ?? "", key);
    }
    return byAlgorithm.size === 0 ? null : { kid: jwk.kid, byAlgorithm };
  } catch {
    return null;
  }
}

/** Some issuers write a missing parameter as null. */
function withoutNulls(jwk: unknown): unknown {
  if (typeof jwk !== "object" || jwk === null) return jwk;
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null));
}

function isPublicSigningKey(value: unknown): value is JWK {
  if (typeof value !== "object" || value === null || "d" in value || "k" in value) return false;
  const { kid, use, alg, key_ops: operations } = value as Record<string, unknown>;
  const isForSignatures = use === undefined || use === "sig";
  const mayVerify = operations === undefined || (Array.isArray(operations) && operations.includes("verify"));
  return isForSignatures && mayVerify && isTextOrAbsent(kid) && isTextOrAbsent(alg);
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

/** The algorithms of the key's type, or only the one that the key names. */
function algorithmsOf({ kty, crv, alg }: JWK): readonly string[] {
  const all = ALGORITHMS_OF[kty === "RSA" ? kty : `${String(kty)} ${String(crv)}`] ?? [];
  const isOneOfTwoNames = kty === "OKP" && alg !== undefined && all.includes(alg);
  return alg === undefined || isOneOfTwoNames ? all : all.filter((name) => name === alg);
}

function isStrong({ algorithm }: CryptoKey): boolean {
  return !("modulusLength" in algorithm) || Number(algorithm.modulusLength) >= MIN_RSA_BITS;
}
