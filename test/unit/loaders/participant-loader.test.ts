import { describe, expect, test } from "@jest/globals";
import { AccessKey } from "../../../src/bird/access-key.ts";
import {
  decodeAddress,
  decodeIdAddress,
  type ParticipantAddress,
  type ParticipantIdAddress,
} from "../../../src/bird/address.ts";
import type { Bird, ReadResult } from "../../../src/bird/client.ts";
import { badResponse } from "../../../src/bird/decode-failure.ts";
import { decodeParticipant, type Participant } from "../../../src/bird/participant.ts";
import { fail, succeed } from "../../../src/result.ts";
import { createParticipantLoader } from "../../../src/loaders/participant-loader.ts";
import { Operation } from "../../../src/operation/operation.ts";
import { aParticipant, john } from "../../support/bird.ts";

/** A Bird whose answers a test decides, and which remembers what it was asked. */
function fakeBird(answers: Partial<Bird>) {
  const asked: ParticipantAddress[] = [];
  const getParticipant = answers.getParticipant ?? (() => Promise.resolve(succeed(participant("ACTIVE"))));
  const bird: Bird = {
    getParticipant: (address) => {
      asked.push(address);
      return getParticipant(address);
    },
    listParticipants: () => Promise.reject(new Error("must not be listed")),
    getParticipantById: answers.getParticipantById ?? (() => Promise.resolve(succeed(participant("ACTIVE")))),
    updateParticipant: answers.updateParticipant ?? (() => Promise.resolve(succeed(participant("PENDING")))),
  };
  const key = AccessKey.parse("canary");
  if (key === null) throw new Error("no key");
  const operation = new Operation({ deadlineMs: Infinity });
  const loader = createParticipantLoader(
    { bird: { for: () => bird }, listDenials: null, readsPerSecond: 50 },
    operation,
  );
  return {
    asked,
    loader: {
      load: (address: ParticipantAddress | ParticipantIdAddress) => loader.load(key, address),
      update: (address: ParticipantAddress, status: "PENDING") => loader.update(key, address, status),
    },
  };
}

function participant(status: "PENDING" | "ACTIVE"): Participant {
  const decoded = decodeParticipant({ ...aParticipant, status: status.toLowerCase() }, john);
  if (decoded === null) throw new Error("no participant");
  return decoded;
}

function at(input: Partial<typeof john> = {}): ParticipantAddress {
  const address = decodeAddress({ ...john, ...input });
  if (!address.ok) throw new Error("not an address");
  return address.value;
}

function byId(id: string) {
  const address = decodeIdAddress({ workspaceId: john.workspaceId, conversationId: john.conversationId, id });
  if (!address.ok) throw new Error("not an address");
  return address.value;
}

const notFound: ReadResult = fail({ kind: "notFound", code: "NotFound", message: "", details: null });

describe("the participant loader", () => {
  test("reads a participant once that is looked up ten times", async () => {
    const { asked, loader } = fakeBird({});
    const reads = await Promise.all(Array.from({ length: 10 }, () => loader.load(at())));
    expect(asked).toHaveLength(1);
    expect(new Set(reads).size).toBe(1);
  });

  test("tells apart addresses whose joined texts are equal", async () => {
    const { asked, loader } = fakeBird({});
    await Promise.all([
      loader.load(at({ key: "a:b", value: "c" })),
      loader.load(at({ key: "a", value: "b:c" })),
      loader.load(at({ key: 'a","b', value: "c" })),
      loader.load(at({ key: "a", value: 'b","c' })),
    ]);
    expect(asked).toHaveLength(4);
  });

  test("keeps the failure of one participant from the others", async () => {
    const { loader } = fakeBird({
      getParticipant: (address) =>
        Promise.resolve(address.value === "gone" ? notFound : succeed(participant("ACTIVE"))),
    });
    const [gone, there] = await Promise.all([loader.load(at({ value: "gone" })), loader.load(at())]);
    expect([gone.ok, there.ok]).toEqual([false, true]);
  });

  test("remembers that a participant is not there, but no failure that may pass", async () => {
    const answers: ReadResult[] = [notFound, fail(badResponse(null)), succeed(participant("ACTIVE"))];
    const { asked, loader } = fakeBird({
      getParticipant: () => Promise.resolve(answers.shift() ?? notFound),
    });
    await loader.load(at({ value: "gone" }));
    await loader.load(at({ value: "gone" }));
    expect(asked).toHaveLength(1);
    expect((await loader.load(at())).ok).toBe(false);
    expect((await loader.load(at())).ok).toBe(true);
  });

  test("asks once for an id that is wanted ten times, and apart for ids that are different", async () => {
    const asked: string[] = [];
    const { loader } = fakeBird({
      getParticipantById: ({ id }) => {
        asked.push(id);
        return Promise.resolve(id === "gone" ? notFound : succeed(participant("ACTIVE")));
      },
    });
    const ids = [...Array.from({ length: 10 }, () => "there"), "gone"];
    const reads = await Promise.all(ids.map((id) => loader.load(byId(id))));
    expect(asked).toEqual(["there", "gone"]);
    expect(reads.map((read) => read.ok)).toEqual(ids.map((id) => id === "there"));
  });

  test("shows an update to a later read without asking", async () => {
    const { asked, loader } = fakeBird({});
    await loader.load(at());
    await loader.update(at(), "PENDING");
    expect(await loader.load(at())).toMatchObject({ ok: true, value: { status: "PENDING" } });
    expect(asked).toHaveLength(1);
  });

  test("reads again every participant of an updated conversation, by any identifier, and no other", async () => {
    const byIds: string[] = [];
    const { asked, loader } = fakeBird({
      getParticipantById: ({ id }) => {
        byIds.push(id);
        return Promise.resolve(succeed(participant("ACTIVE")));
      },
    });
    const elsewhere = at({ conversationId: "c9c60caa-eaf5-4628-9687-91de4d452bfa" });
    const lookups = [at({ key: "phonenumber", value: "+31600000000" }), elsewhere, byId("an-id")];
    await Promise.all(lookups.map((address) => loader.load(address)));
    await loader.update(at(), "PENDING");
    await Promise.all(lookups.map((address) => loader.load(address)));
    const timesAsked = (address: unknown) => asked.filter((one) => one === address).length;
    expect([timesAsked(lookups[0]), timesAsked(elsewhere)]).toEqual([2, 1]);
    expect(byIds).toEqual(["an-id", "an-id"]);
  });

  test("forgets what it read before an update that failed", async () => {
    const { asked, loader } = fakeBird({
      updateParticipant: () => Promise.resolve(fail(badResponse("UNKNOWN"))),
    });
    await loader.load(at());
    await loader.update(at(), "PENDING");
    await loader.load(at());
    expect(asked).toHaveLength(2);
  });

  test("takes no eleventh workspace in one operation, and goes on with the first ten", async () => {
    const { asked, loader } = fakeBird({});
    const inWorkspace = (number: number) =>
      at({ workspaceId: `${john.workspaceId.slice(0, -2)}${number + 10}` });
    for (let number = 0; number < 10; number++) await loader.load(inWorkspace(number));
    const read = await loader.load(inWorkspace(10));
    const update = await loader.update(inWorkspace(11), "PENDING");
    for (const result of [read, update]) {
      expect(result).toMatchObject({
        failure: { code: "InvalidInput", fieldErrors: [{ path: "workspaceId" }] },
      });
    }
    expect((await loader.load({ ...inWorkspace(9), value: "another" })).ok).toBe(true);
    expect(asked).toHaveLength(11);
  });
});
