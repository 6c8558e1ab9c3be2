import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { AccessKey } from "../../../src/bird/access-key.ts";
import { decodeAddress, decodeIdAddress } from "../../../src/bird/address.ts";
import type { BirdClient, ReadResult } from "../../../src/bird/client.ts";
import { badResponse, toNoResponseFailure } from "../../../src/bird/decode-failure.ts";
import { fail } from "../../../src/result.ts";
import { shareReads } from "../../../src/loaders/shared-reads.ts";
import { Operation } from "../../../src/operation/operation.ts";
import { john } from "../../support/bird.ts";

type Begun = { operation: Operation; finish: (read: ReadResult) => void };

const result: ReadResult = fail(badResponse(null));
const budgetExhausted: ReadResult = fail({
  kind: "rateLimited",
  code: "BudgetExhausted",
  message: "",
  details: null,
  retryAfterMs: 1000,
});
const operations: Operation[] = [];

afterEach(() => {
  jest.useRealTimers();
  for (const operation of operations.splice(0)) operation.close();
});

function start(deadlineMs = 60_000): Operation {
  const operation = new Operation({ deadlineMs });
  operations.push(operation);
  return operation;
}

function accessKey(text: string): AccessKey {
  const key = AccessKey.parse(text);
  if (key === null) throw new Error("no key");
  return key;
}

/** A client whose reads end when a test says so, and the same one shared. */
function sharedBird() {
  const begun: Begun[] = [];
  const bird: BirdClient = {
    for: (_key, operation) => {
      const read = () =>
        new Promise<ReadResult>((finish) => {
          begun.push({ operation, finish });
        });
      return {
        getParticipant: read,
        getParticipantById: read,
        listParticipants: () => Promise.resolve(fail(badResponse(null))),
        updateParticipant: () => Promise.resolve(fail(badResponse("UNKNOWN"))),
      };
    },
  };
  const address = decodeAddress(john);
  if (!address.ok) throw new Error("no address");
  const [one, two] = [accessKey("one"), accessKey("two")];
  const shared = shareReads(bird);
  return {
    begun,
    finish: () => {
      for (const { finish } of begun) finish(result);
    },
    read: (operation = start(), key = one) => shared.for(key, operation).getParticipant(address.value),
    readById: (id: string) => {
      const { workspaceId, conversationId } = john;
      const byId = decodeIdAddress({ workspaceId, conversationId, id });
      if (!byId.ok) throw new Error("no address");
      return shared.for(one, start()).getParticipantById(byId.value);
    },
    update: () => shared.for(one, start()).updateParticipant(address.value, "ACTIVE"),
    two,
  };
}

describe("a read that is under way", () => {
  test("is joined by all who want the same with the same key", async () => {
    const { begun, read, finish } = sharedBird();
    const reads = [read(), read(), read()];
    finish();
    expect(await Promise.all(reads)).toEqual([result, result, result]);
    expect(begun).toHaveLength(1);
  });

  test("is never joined with another key", () => {
    const { begun, read, two } = sharedBird();
    void read();
    void read(start(), two);
    expect(begun).toHaveLength(2);
  });

  test("by id is joined by all who want the same id", async () => {
    const { begun, read, readById, finish } = sharedBird();
    const reads = [readById("a"), readById("a"), readById("b"), read()];
    finish();
    await Promise.all(reads);
    expect(begun).toHaveLength(3);
  });

  test("is not joined once it has ended", async () => {
    const { begun, read, finish } = sharedBird();
    const first = read();
    finish();
    await first;
    void read();
    expect(begun).toHaveLength(2);
  });

  test("is not joined after an update has ended, although some still wait for it", async () => {
    const { begun, read, update, finish } = sharedBird();
    const before = read();
    await update();
    const after = read();
    expect(begun).toHaveLength(2);
    finish();
    expect(await Promise.all([before, after])).toEqual([result, result]);
  });

  test("goes on while an operation waits, and ends when none does", async () => {
    const { begun, read } = sharedBird();
    const [first, second] = [start(), start()];
    const reads = [read(first), read(second)];
    first.leave();
    expect(await reads[0]).toMatchObject({ ok: false });
    expect(begun[0]?.operation.over()).toBeNull();
    second.leave();
    expect(begun[0]?.operation.over()).toBe("left");
    void read();
    expect(begun).toHaveLength(2);
  });

  test("has the time of the operation with the most time left", () => {
    jest.useFakeTimers();
    const { begun, read } = sharedBird();
    void read(start(1000));
    void read(start(5000));
    expect(begun[0]?.operation.remainingMs()).toBeCloseTo(5000);
    jest.advanceTimersByTime(1500);
    expect(begun[0]?.operation.remainingMs()).toBeCloseTo(3500);
    for (const operation of operations.splice(0)) operation.close();
    jest.useRealTimers();
  });

  test("is a timeout for an operation that has expired", async () => {
    const { read, finish } = sharedBird();
    const [hasty, patient] = [read(start(20)), read()];
    expect(await hasty).toMatchObject({ failure: { code: "Timeout" } });
    finish();
    expect(await patient).toEqual(result);
  });

  test("that is not sent for lack of time is begun again by operations with more time", async () => {
    const { begun, read, finish } = sharedBird();
    const [hasty, patient, alsoPatient] = [read(start(150)), read(start()), read(start())];
    begun[0]?.finish(budgetExhausted);
    expect(await hasty).toEqual(budgetExhausted);
    await new Promise((resolve) => setImmediate(resolve));
    // Those who ask again share that read.
    expect(begun).toHaveLength(2);
    finish();
    expect(await Promise.all([patient, alsoPatient])).toEqual([result, result]);
  });

  test.each<[string, ReadResult]>([
    ["timed out", fail(toNoResponseFailure({ reason: "timeout" }, null))],
    ["waited for the quota until its limit", budgetExhausted],
  ])("that %s is begun again by operations that joined in its second half only", async (_what, failure) => {
    jest.useFakeTimers();
    const { begun, read, finish } = sharedBird();
    const first = read();
    jest.advanceTimersByTime(900);
    const early = read();
    jest.advanceTimersByTime(1000);
    const late = [read(), read()];
    jest.advanceTimersByTime(100);
    begun[0]?.finish(failure);
    expect(await Promise.all([first, early])).toEqual([failure, failure]);
    await jest.advanceTimersByTimeAsync(0);
    expect(begun).toHaveLength(2);
    finish();
    expect(await Promise.all(late)).toEqual([result, result]);
  });

  test("is not begun by a caller who has already left", async () => {
    const { read } = sharedBird();
    const gone = start();
    gone.leave();
    expect(await read(gone)).toMatchObject({ ok: false });
  });
});
