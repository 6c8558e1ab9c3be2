import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { RetryBudget } from "../../../src/transport/retry-share.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** How many retries are granted in a row, of a hundred asked for. */
const granted = (budget: RetryBudget) =>
  Array.from({ length: 100 }, () => budget.takeRetry()).filter(Boolean).length;

test("three retries are always there", () => {
  const budget = new RetryBudget();
  budget.countCall();
  expect(granted(budget)).toBe(3);
});

test("a tenth of the calls may be retried", () => {
  const budget = new RetryBudget();
  for (let call = 0; call < 500; call++) budget.countCall();
  expect(granted(budget)).toBe(50);
});

test("only the last ten seconds count", () => {
  const budget = new RetryBudget();
  for (let call = 0; call < 500; call++) budget.countCall();
  expect(granted(budget)).toBe(50);
  jest.advanceTimersByTime(9000);
  expect(granted(budget)).toBe(0);
  jest.advanceTimersByTime(1000);
  expect(granted(budget)).toBe(3);
});
