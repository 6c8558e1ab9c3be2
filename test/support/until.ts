// Waits for what another process, server or timer is about to do. It is the only wait of the tests.

/** How long a condition is waited for, in milliseconds: far more than any needs, so that a busy machine fails no test. */
const PATIENCE_MS = 40_000;
/** How long it waits before it asks again: a tenth of the time so far, so that a long wait costs little. */
const pollMs = (waitedMs: number) => Math.min(100, Math.max(5, waitedMs / 10));

/**
 * Resolves when the condition holds.
 *
 * @param what is named in the error, such as "the second request arrives"
 * @throws when the condition does not hold within 40 s
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what = condition.toString(),
): Promise<void> {
  const begin = performance.now();
  while (!(await condition())) {
    const waitedMs = performance.now() - begin;
    if (waitedMs > PATIENCE_MS) throw new Error(`this did not happen within ${PATIENCE_MS} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pollMs(waitedMs)));
  }
}
