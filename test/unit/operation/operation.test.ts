import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { JointOperation } from "../../../src/operation/joint-operation.ts";
import { Operation } from "../../../src/operation/operation.ts";
import { sleep } from "../../../src/operation/stop-signal.ts";
import { timers } from "../../../src/operation/timers.ts";

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  expect(timers.size).toBe(0);
  jest.useRealTimers();
});

/** Closed by the test, or over by its end. */
const start = (deadlineMs = 100, maxCalls?: number) =>
  new Operation({ deadlineMs, ...(maxCalls !== undefined && { maxCalls }) });

describe("an operation", () => {
  test("expires when its time is over", () => {
    const operation = start(100);
    jest.advanceTimersByTime(99);
    expect(operation.over()).toBeNull();
    expect(operation.remainingMs()).toBeCloseTo(1);
    jest.advanceTimersByTime(1);
    expect(operation.over()).toBe("expired");
    expect(operation.remainingMs()).toBe(0);
  });

  test("is left when its caller leaves, and does not expire afterwards", () => {
    const operation = start(100);
    operation.leave();
    expect(operation.over()).toBe("left");
    expect(operation.remainingMs()).toBe(0);
    jest.advanceTimersByTime(100);
    expect(operation.over()).toBe("left");
  });

  test("tells its listeners once how it ended", () => {
    const operation = start(100);
    const ends: string[] = [];
    const unlistened = (end: string) => ends.push(`unlistened ${end}`);
    operation.listen((end) => ends.push(end));
    operation.listen(unlistened);
    operation.unlisten(unlistened);
    jest.advanceTimersByTime(100);
    operation.leave();
    expect(ends).toEqual(["expired"]);
  });

  test("that is over has parts without a timer, which are over as well", () => {
    const operation = start();
    operation.leave();
    const part = operation.within(50);
    expect(timers.size).toBe(0);
    expect([part.over(), part.remainingMs()]).toEqual(["left", 0]);
  });

  test("leaves no timer behind when it is closed, and is not over by that", () => {
    const operation = start();
    operation.close();
    expect(timers.size).toBe(0);
    expect(operation.over()).toBeNull();
  });

  test("has as many calls as it was given", () => {
    const operation = start(100, 2);
    expect([1, 2, 3].map(() => operation.takeCall())).toEqual([true, true, false]);
    expect(operation.callsLeft()).toBe(0);
    operation.close();
  });
});

describe("a joint operation", () => {
  test("goes on until its last member is over, and ends as that one did", () => {
    const [first, second] = [start(50), start(100)];
    const joint = new JointOperation(first);
    joint.join(second);
    jest.advanceTimersByTime(50);
    expect([first.over(), joint.over()]).toEqual(["expired", null]);
    second.leave();
    expect(joint.over()).toBe("left");
  });

  test("has the time of the member with the most, also of one that joins later", () => {
    const [first, second] = [start(50), start(100)];
    const joint = new JointOperation(first);
    expect(joint.remainingMs()).toBeCloseTo(50);
    joint.join(second);
    expect(joint.remainingMs()).toBeCloseTo(100);
    second.leave();
    expect(joint.remainingMs()).toBeCloseTo(50);
    first.close();
    joint.close();
  });

  test("takes calls from any member that has calls left", () => {
    const [first, second] = [start(50, 1), start(50, 1)];
    const joint = new JointOperation(first);
    joint.join(second);
    expect([1, 2, 3].map(() => joint.takeCall())).toEqual([true, true, false]);
    for (const operation of [first, second, joint]) operation.close();
  });

  test("takes the turns of the operation that began it", () => {
    const first = start();
    const joint = new JointOperation(first);
    expect(new JointOperation(joint).owner).toBe(first);
    first.close();
  });
});

describe("sleep", () => {
  test("ends after its time, or when the operation is over", async () => {
    const operation = start(1000);
    const short = sleep(100, operation);
    jest.advanceTimersByTime(100);
    await short;
    const long = sleep(10_000, operation);
    operation.leave();
    await long;
  });
});
