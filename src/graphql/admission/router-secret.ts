// Checks whether a request comes from a router, by a shared secret.
import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Creates the check of a router's secret.
 *
 * @param secrets any of them is accepted, so that a secret can be rotated while routers still send the old one
 * @returns a check of the `router-authorization` header. It compares the hashes of all secrets in constant time, so that
 *   the time reveals nothing about a secret or its length
 */
export function createRouterCheck(secrets: readonly string[]): (header: string | undefined) => boolean {
  const digests = secrets.map(digest);
  return (header) => {
    if (header === undefined || digests.length === 0) return false;
    const given = digest(header);
    return digests.filter((known) => timingSafeEqual(known, given)).length > 0;
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
