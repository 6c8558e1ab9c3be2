import { afterEach, describe, expect, test } from "@jest/globals";
import { john } from "../support/bird.ts";
import { crowd, crowdId, member } from "../support/crowd.ts";
import { execute, executeForData } from "../support/execute.ts";
import { startSandboxedGateway, type SandboxedGateway } from "../support/gateway.ts";
import type { SandboxOptions } from "../../src/sandbox/sandbox.ts";
import { ReadParticipantDocument, ReadParticipantsDocument } from "../support/__generated__/operations.ts";

let gateway: SandboxedGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

async function start(sandboxOptions: SandboxOptions, environment: Record<string, string> = {}) {
  gateway = await startSandboxedGateway(environment, sandboxOptions);
  return gateway;
}

type Address = ReturnType<typeof member>;

/** One operation with an alias for each address; the names of the union members it returned. */
async function readByAliases(url: string, addresses: Address[]): Promise<string[]> {
  const fields = addresses.map(({ workspaceId, conversationId, key, value }, index) => {
    const args = JSON.stringify({ workspaceId, conversationId, key, value })
      .replace(/"(\w+)":/g, "$1:")
      .slice(1, -1);
    return `a${index}: conversationParticipant(${args}) { __typename }`;
  });
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
    body: JSON.stringify({ query: `{ ${fields.join(" ")} }` }),
  });
  return (await response.text()).match(/(?<="__typename":")\w+/g) ?? [];
}

const range = (length: number) => Array.from({ length }, (_, index) => index);

describe("one operation", () => {
  test("with 100 aliases of one conversation, all distinct, is 1 call", async () => {
    const { url, calls } = await start({ conversations: [crowd(100)] });
    const members = await readByAliases(url, range(100).map(member));
    expect(members).toEqual(range(100).map(() => "ConversationParticipant"));
    expect(calls.map((call) => call.path)).toEqual([expect.stringMatching(/\/participants\?limit=100$/)]);
  });

  test("with 100 aliases of 25 distinct participants is 1 call", async () => {
    const { url, calls } = await start({ conversations: [crowd(100)] });
    await readByAliases(
      url,
      range(100).map((index) => member(index % 25)),
    );
    expect(calls).toHaveLength(1);
  });

  test("with one lookup each in 3 conversations is 3 calls", async () => {
    const ids = range(3).map((index) => crowdId.replace(/.$/, String(index)));
    const { url, calls } = await start({ conversations: ids.map((id) => crowd(100, id)) });
    await readByAliases(
      url,
      ids.map((conversationId) => ({ ...member(7), conversationId })),
    );
    expect(calls).toHaveLength(3);
  });

  test("with 100 lookups scattered over a conversation of 10,000 is at most 101 calls", async () => {
    const { url, calls } = await start({ conversations: [crowd(10_000)] });
    const members = await readByAliases(
      url,
      range(100).map((index) => member(index * 97 + 13)),
    );
    expect(new Set(members)).toEqual(new Set(["ConversationParticipant"]));
    expect(calls.length).toBeLessThanOrEqual(101);
  });

  test("reads further pages that save calls", async () => {
    const { url, calls } = await start({ conversations: [crowd(250)] });
    await readByAliases(
      url,
      range(100).map((index) => member(150 + index)),
    );
    expect(calls).toHaveLength(3);
  });

  test("never lists when BIRD_BATCHING is single", async () => {
    const { url, calls } = await start({ conversations: [crowd(10)] }, { BIRD_BATCHING: "single" });
    await readByAliases(url, range(10).map(member));
    expect(calls.filter((call) => call.path.includes("?limit"))).toEqual([]);
    expect(calls).toHaveLength(10);
  });
});

describe("a list that is denied", () => {
  test.each([403, 404, 405])("with a %d is asked for once, and single reads take over", async (status) => {
    const { url, calls, sandbox } = await start({ conversations: [crowd(10)] });
    sandbox.misbehave({ fault: `status=${status}`, path: "?limit=" });
    const members = await readByAliases(url, range(5).map(member));
    expect(members).toEqual(range(5).map(() => "ConversationParticipant"));
    expect(calls).toHaveLength(6);
    await readByAliases(url, range(5).map(member));
    expect(calls).toHaveLength(11);
  });

  test("with a 401 is the answer to every lookup, without another call", async () => {
    const { url, calls, sandbox } = await start({ conversations: [crowd(10)] });
    sandbox.misbehave({ fault: "status=401" });
    expect(new Set(await readByAliases(url, range(5).map(member)))).toEqual(new Set(["AccessDeniedError"]));
    expect(calls).toHaveLength(1);
  });
});

describe("conversationParticipants", () => {
  test("answers in the order of the identifiers, with a result for each duplicate", async () => {
    const { url, calls } = await start({ conversations: [crowd(10)] });
    const identifiers = [3, 1, 3].map((index) => ({ key: "emailaddress", value: member(index).value }));
    identifiers.push(
      { key: "emailaddress", value: "nobody@example.com" },
      { key: "emailaddress", value: ".." },
    );
    const { workspaceId } = john;
    const data = await executeForData(url, ReadParticipantsDocument, {
      workspaceId,
      conversationId: crowdId,
      identifiers,
    });
    const names = data.conversationParticipants?.map((result) =>
      result.__typename === "ConversationParticipant" ? result.displayName : result.__typename,
    );
    expect(names).toEqual(["Member 3", "Member 1", "Member 3", "NotFoundError", "ValidationError"]);
    expect(calls).toHaveLength(2);
  });

  test("accepts 100 identifiers, and rejects 101 as an invalid request", async () => {
    const { url, calls } = await start({ conversations: [crowd(10)] });
    const identifiers = range(101).map(() => ({ key: "emailaddress", value: member(0).value }));
    const place = { workspaceId: john.workspaceId, conversationId: crowdId };
    const enough = await execute(url, ReadParticipantsDocument, {
      ...place,
      identifiers: identifiers.slice(1),
    });
    expect(enough.data?.conversationParticipants).toHaveLength(100);
    expect(calls).toHaveLength(1);
    const tooMany = await execute(url, ReadParticipantsDocument, { ...place, identifiers });
    expect(tooMany.errors).toMatchObject([{ extensions: { code: "OPERATION_TOO_LARGE" } }]);
    expect(calls).toHaveLength(1);
  });
});

describe("concurrent operations", () => {
  /** Holds every answer until all operations have begun, also on a busy machine. */
  const slow = { fault: "latency=1500" };

  const read = (url: string, authorization: string) =>
    execute(url, ReadParticipantDocument, john, { authorization }).then(
      ({ data }) => data?.conversationParticipant,
    );

  test("for one participant share 1 call", async () => {
    const { url, calls, sandbox } = await start({});
    sandbox.misbehave(slow);
    const results = await Promise.all(range(64).map(() => read(url, "AccessKey sandbox")));
    expect(new Set(results.map((result) => result?.__typename))).toEqual(
      new Set(["ConversationParticipant"]),
    );
    expect(calls).toHaveLength(1);
  });

  test("with two credentials are 2 calls", async () => {
    const { url, calls, sandbox } = await start({});
    sandbox.misbehave(slow);
    const keys = ["AccessKey sandbox", "AccessKey sandbox-readonly"];
    await Promise.all(range(64).map((index) => read(url, keys[index % 2] ?? "")));
    expect(calls).toHaveLength(2);
  });

  test("do not reuse a result after its read has ended", async () => {
    const { url, calls } = await start({});
    await read(url, "AccessKey sandbox");
    await read(url, "AccessKey sandbox");
    expect(calls).toHaveLength(2);
  });
});
