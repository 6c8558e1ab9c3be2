// Whether a request comes from a router: one that knows a secret of this gateway's.
import { createHash, timingSafeEqual } from "node:crypto";

/**
 * @param secrets any of them will do, so that one can be replaced while routers still send the other
 * @returns a check of the `router-authorization` header; hashes are compared, whole and all of them, so that the time it
 *   takes tells nothing of a secret, its length included
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
