import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { SigningKeys, SigningKeysUnavailable } from "../../../src/auth/signing-keys.ts";
import { startIssuer, type Issuer } from "../../support/issuer.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let issuer: Issuer;
let keys: SigningKeys;

/** Waits for pending socket events; only the clock stands still. */
async function turn(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns > 100_000) throw new Error(`this did not happen: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Advances the clock, and waits for the events that follow. */
async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
}

beforeEach(async () => {
  issuer = await startIssuer([]);
  keys = new SigningKeys(new URL(issuer.url));
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
});
afterEach(async () => {
  keys.close();
  jest.useRealTimers();
  await issuer.close();
});

async function start(): Promise<void> {
  await keys.known();
  // The next fetch is planned once this one has ended.
  await turn(() => jest.getTimerCount() > 0);
}

describe("the issuer's keys", () => {
  test("are fetched again before they are old, without a token that asks for them", async () => {
    await start();
    for (let fetches = 2; fetches < 5; fetches++) {
      await pass(5 * MINUTE);
      await turn(() => issuer.fetches() === fetches && jest.getTimerCount() > 0);
    }
  });

  test("keep no request waiting while they are fetched again", async () => {
    await start();
    const release = issuer.hold();
    await pass(5 * MINUTE);
    await turn(() => issuer.fetches() === 2);
    expect((await keys.known()).size).toBe(2);
    release();
  });

  test("are not waited for any more when the gateway stops", async () => {
    const release = issuer.hold();
    const waiting = keys.known();
    await turn(() => issuer.fetches() === 1);
    keys.close();
    await expect(waiting).rejects.toBeInstanceOf(SigningKeysUnavailable);
    expect(jest.getTimerCount()).toBe(0);
    release();
  });

  test("serve for a day while the issuer is away, and no longer", async () => {
    await start();
    issuer.fail(503);
    for (let hours = 1; hours < 24; hours++) {
      await pass(HOUR);
      expect((await keys.known()).size).toBe(2);
    }
    await pass(HOUR + SECOND);
    await expect(keys.known()).rejects.toBeInstanceOf(SigningKeysUnavailable);
  });

  test.each([
    ["an empty set", []],
    ["no key that can be used", [{ kty: "oct", k: "AA" }, null]],
  ])(
    "decide about no token while the issuer publishes %s, and are fetched again soon",
    async (_what, published) => {
      await start();
      issuer.publish(published);
      await pass(5 * MINUTE);
      await turn(() => issuer.fetches() === 2 && jest.getTimerCount() > 0);
      await expect(keys.known()).rejects.toBeInstanceOf(SigningKeysUnavailable);
      await expect(keys.renewed("token", performance.now())).rejects.toBeInstanceOf(SigningKeysUnavailable);
      const fetches = issuer.fetches();
      await pass(15 * SECOND);
      await turn(() => issuer.fetches() > fetches);
    },
  );

  test("are fetched again soon after the issuer was away", async () => {
    await start();
    issuer.fail(503);
    await pass(5 * MINUTE);
    await turn(() => issuer.fetches() === 2 && jest.getTimerCount() > 0);
    issuer.fail(null);
    await pass(15 * SECOND);
    await turn(() => issuer.fetches() === 3);
  });

  test("are fetched again although the system clock is set back by a day", async () => {
    await start();
    jest.setSystemTime(Date.now() - DAY);
    await pass(5 * MINUTE);
    await turn(() => issuer.fetches() === 2);
  });

  test("are not fetched any more when the gateway has stopped", async () => {
    await start();
    keys.close();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe("a token that no known key has signed", () => {
  const renewed = (token: string) => keys.renewed(token, performance.now());

  test("makes the keys be fetched at once, and the newer ones decide about it", async () => {
    await start();
    await pass(1);
    expect(await renewed("a")).toMatchObject({ areNewer: true });
    expect(issuer.fetches()).toBe(2);
  });

  test("causes no second fetch within three seconds: the keys are older than it, and do not decide", async () => {
    await start();
    await pass(1);
    await renewed("a");
    await pass(2999);
    expect(await renewed("b")).toMatchObject({ areNewer: false });
    expect(issuer.fetches()).toBe(2);
    await pass(1);
    expect(await renewed("c")).toMatchObject({ areNewer: true });
    expect(issuer.fetches()).toBe(3);
  });

  test("is decided by the next fetch of any token, and causes no fetch when it is sent again", async () => {
    await start();
    await pass(1);
    await renewed("a");
    await pass(1);
    expect(await renewed("b")).toMatchObject({ areNewer: false });
    await pass(3000);
    await renewed("c");
    expect(await renewed("a")).toMatchObject({ areNewer: true });
    expect(await renewed("b")).toMatchObject({ areNewer: true });
    expect(issuer.fetches()).toBe(3);
  });

  test("causes another fetch a minute later: its key may have been published late", async () => {
    await start();
    await pass(1);
    await renewed("a");
    await pass(MINUTE + 1);
    await renewed("a");
    expect(issuer.fetches()).toBe(3);
  });

  test("causes a fetch of its own when the one under way began before it arrived", async () => {
    await start();
    const release = issuer.hold();
    await pass(5 * MINUTE);
    await turn(() => issuer.fetches() === 2);
    await pass(1);
    const answer = renewed("a");
    release();
    expect(await answer).toMatchObject({ areNewer: true });
    expect(issuer.fetches()).toBe(3);
  });

  test("is not decided while the issuer is away", async () => {
    await start();
    issuer.fail(500);
    await pass(1);
    expect(await renewed("a")).toMatchObject({ areNewer: false });
  });
});
