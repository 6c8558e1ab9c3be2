import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { RetryShare } from "../../../src/transport/retry-share.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** How many retries are granted in a row, of a hundred asked for. */
const granted = (share: RetryShare) => Array.from({ length: 100 }, () => share.take()).filter(Boolean).length;

function shareAfter(calls: number): RetryShare {
  const share = new RetryShare();
  for (let call = 0; call < calls; call++) share.countCall();
  return share;
}

test("three retries are always there", () => {
  expect(granted(shareAfter(1))).toBe(3);
});

test("a tenth of the calls may be retried", () => {
  expect(granted(shareAfter(500))).toBe(50);
});

test("a retry that was not sent is given back, however long it waited", () => {
  const share = shareAfter(1);
  expect(granted(share)).toBe(3);
  jest.advanceTimersByTime(4000);
  share.end(false);
  expect(granted(share)).toBe(1);
});

test("only the last ten seconds count, from the end of a retry", () => {
  const share = shareAfter(500);
  expect(granted(share)).toBe(50);
  for (let retry = 0; retry < 50; retry++) share.end(true);
  jest.advanceTimersByTime(9000);
  expect(granted(share)).toBe(0);
  jest.advanceTimersByTime(1000);
  expect(granted(share)).toBe(3);
});

test("a retry that waits for longer than ten seconds counts all the while, and for ten seconds after that", () => {
  const share = shareAfter(1);
  expect(granted(share)).toBe(3);
  jest.advanceTimersByTime(11_000);
  expect(granted(share)).toBe(0);
  for (let retry = 0; retry < 3; retry++) share.end(true);
  jest.advanceTimersByTime(7000);
  expect(granted(share)).toBe(0);
});
