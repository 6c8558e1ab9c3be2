import { afterEach, describe, expect, test } from "@jest/globals";
import { AccessKey } from "../../../src/bird/access-key.ts";
import { decodeAddress, decodeIdAddress } from "../../../src/bird/address.ts";
import type { BirdClient, Read } from "../../../src/bird/client.ts";
import { badResponse } from "../../../src/bird/decode-failure.ts";
import { fail } from "../../../src/result.ts";
import { shareReads } from "../../../src/loaders/shared-reads.ts";
import { startDeadline, type Deadline } from "../../../src/operation/operation.ts";
import { john } from "../../support/bird.ts";

type Begun = { deadline: Deadline; finish: (read: Read) => void };

const result: Read = fail(badResponse(null));
const deadlines: Deadline[] = [];

afterEach(() => {
  for (const deadline of deadlines.splice(0)) deadline.release();
});

function operation(ms = 60_000): Deadline {
  const deadline = startDeadline(ms);
  deadlines.push(deadline);
  return deadline;
}

/** A client whose reads end when a test says so, and the same one shared. */
function sharedBird() {
  const begun: Begun[] = [];
  const bird: BirdClient = {
    getParticipant: (_key, _address, deadline) =>
      new Promise((finish) => {
        begun.push({ deadline, finish });
      }),
    getParticipantById: (_key, _address, deadline) =>
      new Promise((finish) => {
        begun.push({ deadline, finish });
      }),
    listParticipants: () => Promise.resolve(fail(badResponse(null))),
    updateParticipant: () => Promise.resolve(fail(badResponse("UNKNOWN"))),
  };
  const address = decodeAddress(john);
  const [one, two] = [AccessKey.parse("one"), AccessKey.parse("two")];
  if (!address.ok || one === null || two === null) throw new Error("no address or key");
  const shared = shareReads(bird);
  return {
    begun,
    finish: () => {
      for (const { finish } of begun) finish(result);
    },
    read: (deadline = operation(), key = one) => shared.getParticipant(key, address.value, deadline),
    readById: (id: string) => {
      const { workspaceId, conversationId } = john;
      const byId = decodeIdAddress({ workspaceId, conversationId, id });
      if (!byId.ok) throw new Error("no address");
      return shared.getParticipantById(one, byId.value, operation());
    },
    update: () => shared.updateParticipant(one, address.value, "ACTIVE", operation()),
    two,
  };
}

describe("a read that is under way", () => {
  test("is joined by whoever wants the same with the same key", async () => {
    const { begun, read, finish } = sharedBird();
    const reads = [read(), read(), read()];
    finish();
    expect(await Promise.all(reads)).toEqual([result, result, result]);
    expect(begun).toHaveLength(1);
  });

  test("is never joined with another key", () => {
    const { begun, read, two } = sharedBird();
    void read();
    void read(operation(), two);
    expect(begun).toHaveLength(2);
  });

  test("by id is joined by whoever wants the same id, and by nobody else", async () => {
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

  test("is not joined after an update has ended, by whoever waits for it still", async () => {
    const { begun, read, update, finish } = sharedBird();
    const before = read();
    await update();
    const after = read();
    expect(begun).toHaveLength(2);
    finish();
    expect(await Promise.all([before, after])).toEqual([result, result]);
  });

  test("goes on while somebody waits, and ends when nobody does", async () => {
    const { begun, read } = sharedBird();
    const [first, second] = [operation(), operation()];
    const reads = [read(first), read(second)];
    first.cancel();
    expect(await reads[0]).toMatchObject({ ok: false });
    expect(begun[0]?.deadline.signal.reason()).toBeNull();
    second.cancel();
    expect(begun[0]?.deadline.signal.reason()).toBe("cancelled");
    void read();
    expect(begun).toHaveLength(2);
  });

  test("has the time of the one who can wait longest", () => {
    const { begun, read } = sharedBird();
    void read(operation(1000));
    void read(operation(5000));
    expect(begun[0]?.deadline.remainingMs()).toBeGreaterThan(4000);
  });

  test("is a timeout for the one whose time is over, and nobody else", async () => {
    const { read, finish } = sharedBird();
    const [hasty, patient] = [read(operation(20)), read()];
    expect(await hasty).toMatchObject({ failure: { code: "Timeout" } });
    finish();
    expect(await patient).toEqual(result);
  });

  test("is not begun by a caller who has already left", async () => {
    const { read } = sharedBird();
    const gone = operation();
    gone.cancel();
    expect(await read(gone)).toMatchObject({ ok: false });
  });
});
