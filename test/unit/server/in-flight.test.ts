import { describe, expect, test } from "@jest/globals";
import { InFlight } from "../../../src/server/in-flight.ts";

/** An operation that ends when the test says so. */
function operation() {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { run: () => ended, end };
}

describe("what is in flight", () => {
  test("counts operations until they have ended, also in an error", async () => {
    const inFlight = new InFlight();
    const { run, end } = operation();
    const held = inFlight.run(run);
    const failed = inFlight.run(() => Promise.reject(new Error("on purpose")));
    expect(inFlight.count).toBe(2);
    await expect(failed).rejects.toThrow("on purpose");
    expect(inFlight.count).toBe(1);
    end();
    await held;
    expect(inFlight.count).toBe(0);
  });

  test("is idle when the last operation has ended", async () => {
    const inFlight = new InFlight();
    await inFlight.idle();
    const [first, second] = [operation(), operation()];
    const held = [inFlight.run(first.run), inFlight.run(second.run)];
    let isIdle = false;
    const idle = inFlight.idle().then(() => (isIdle = true));
    first.end();
    await held[0];
    expect(isIdle).toBe(false);
    second.end();
    await idle;
  });
});
