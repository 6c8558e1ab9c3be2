// Bird's rate limit: so many calls in any one second, measured over a sliding window.

const windowMs = 1000;

/** The two limits of a workspace. `Infinity` switches one off. */
export type QuotaLimits = { readonly readsPerSecond: number; readonly writesPerSecond: number };

/** What a workspace has left of both limits. */
export type Quota = { readonly admitRead: () => boolean; readonly admitWrite: () => boolean };

/** Reads and writes are counted apart. */
export function createQuota(limits: QuotaLimits): Quota {
  return {
    admitRead: createSlidingWindow(limits.readsPerSecond),
    admitWrite: createSlidingWindow(limits.writesPerSecond),
  };
}

/** Says of each call whether it is accepted: never more than `limit` in any 1000 ms. A refused call costs nothing. */
export function createSlidingWindow(limit: number, now = () => performance.now()): () => boolean {
  if (limit === Infinity) return () => true;
  if (!Number.isInteger(limit) || limit < 1) {
    throw new RangeError(`A limit per second is a whole number from 1, or Infinity, not ${limit}.`);
  }
  // A ring of the last `limit` accepted times: the slot to write next holds the one that was `limit` calls ago.
  const acceptedAt: number[] = [];
  let next = 0;
  return () => {
    const time = now();
    const limitCallsAgo = acceptedAt[next];
    if (limitCallsAgo !== undefined && time - limitCallsAgo < windowMs) return false;
    acceptedAt[next] = time;
    next = (next + 1) % limit;
    return true;
  };
}
