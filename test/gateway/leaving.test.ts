import { afterEach, describe, expect, test } from "@jest/globals";
import { print } from "graphql";
import { aParticipant, conversationId, john, workspaceId } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { begin, startTestGateway, type TestGateway } from "../support/gateway.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { choose, hang, Hold, json, later } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument, ReadParticipantsDocument } from "../support/__generated__/operations.ts";

/** The requested participant, with the identifier from the path. */
const there = choose(({ path }) => {
  const [identifierKey = "", identifierValue = ""] = path.split("/").slice(-2).map(decodeURIComponent);
  return json(200, { ...aParticipant, contact: { ...aParticipant.contact, identifierKey, identifierValue } });
});
const isList = (path: string) => path.includes("?limit=");

let gateway: TestGateway | undefined;
let bird: ScriptedUpstream | undefined;

afterEach(async () => {
  await bird?.close();
  await gateway?.close();
  [gateway, bird] = [undefined, undefined];
});

/** A gateway whose caller's key Bird has accepted, so that the rules for strangers do not apply. */
async function start(environment: Record<string, string> = {}) {
  bird = await startUpstream(there);
  gateway = await startTestGateway(bird.url, environment);
  await execute(gateway.url, ReadParticipantDocument, john);
  bird.requests.length = 0;
  return { url: gateway.url, bird };
}

const identifiers = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ key: "emailaddress", value: `p${index}@example.com` }));
const readJohn = { query: print(ReadParticipantDocument), variables: john };
const manyReads = (count: number) => ({
  query: print(ReadParticipantsDocument),
  variables: { workspaceId, conversationId, identifiers: identifiers(count) },
});

/** One operation with so many updates of different participants. */
function manyUpdates(count: number) {
  const fields = identifiers(count).map(
    ({ key, value }, index) =>
      `u${index}: updateParticipantStatus(input: { workspaceId: "${workspaceId}", conversationId: "${conversationId}", key: "${key}", value: "${value}", status: ACTIVE }) { __typename ... on BirdError { code } ... on UpstreamError { outcome } }`,
  );
  return { query: `mutation { ${fields.join("\n")} }` };
}

function post(url: string, body: object, signal?: AbortSignal) {
  return fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
}

/** Sends an operation, and leaves when the condition holds. */
async function leaveWhen(url: string, body: object, condition: () => boolean): Promise<void> {
  const leaving = new AbortController();
  const answer = post(url, body, leaving.signal);
  await until(condition);
  leaving.abort();
  await expect(answer).rejects.toThrow();
}

/** Another caller's result in another conversation. By its end, calls that were begun before have reached Bird. */
async function askAsAnother(url: string) {
  const another = { ...john, conversationId: "c9c60caa-eaf5-4628-9687-91de4d452bfa" };
  const { data } = await execute(url, ReadParticipantDocument, another);
  return data?.conversationParticipant;
}

describe("a caller who leaves", () => {
  test("while the list is read for its 100 lookups, causes no other call", async () => {
    const { url, bird: upstream } = await start();
    const held = new Hold();
    upstream.always(choose(({ path }) => (isList(path) ? held.step : there)));
    await leaveWhen(url, manyReads(100), () => held.waiting.length === 1);
    await until(() => held.isAbandoned());
    await askAsAnother(url);
    expect(upstream.requests).toHaveLength(2);
  });

  test("while single reads wait for the quota, has none of them sent", async () => {
    const { url, bird: upstream } = await start({ BIRD_READS_PER_SECOND: "10" });
    upstream.always(choose(({ path }) => (isList(path) ? json(403, {}) : hang)));
    await leaveWhen(url, manyReads(30), () => upstream.requests.length >= 9);
    upstream.always(there);
    expect(await askAsAnother(url)).toMatchObject({ __typename: "ConversationParticipant" });
    // The other callers' reads wait for permits, so the reads queued before them have had their turn.
    const before = upstream.requests.length;
    expect(before).toBeLessThan(30);
    expect(await askAsAnother(url)).toMatchObject({ __typename: "ConversationParticipant" });
    expect(upstream.requests).toHaveLength(before + 1);
  });

  test("after the first of 30 updates: that one is finished, and the others are not sent", async () => {
    const { url, bird: upstream } = await start();
    const held = new Hold();
    upstream.always(choose(({ method }) => (method === "PATCH" ? held.step : there)));
    await leaveWhen(url, manyUpdates(30), () => held.waiting.length === 1);
    // By the end of another operation the gateway knows that the caller has left.
    await askAsAnother(url);
    expect(held.isAbandoned()).toBe(false);
    held.release(there);
    await askAsAnother(url);
    expect(upstream.requests.map(({ method }) => method)).toEqual(["PATCH", "GET", "GET"]);
  });

  test("does not end a read that another operation has joined", async () => {
    const { url, bird: upstream } = await start({ BIRD_DEADLINE_MS: "10000" });
    const held = new Hold();
    upstream.always(held.step);
    const leaving = new AbortController();
    const first = post(url, readJohn, leaving.signal);
    await until(() => held.waiting.length === 1);
    const { sent: second } = await begin(10_000, () => execute(url, ReadParticipantDocument, john));
    leaving.abort();
    await expect(first).rejects.toThrow();
    held.release(there);
    expect((await second).data?.conversationParticipant?.__typename).toBe("ConversationParticipant");
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("a joined read that waits for the quota", () => {
  test("continues with the time of the operation that joined it, when the caller who began it has left", async () => {
    const { url, bird: upstream } = await start({ BIRD_READS_PER_SECOND: "1", BIRD_DEADLINE_MS: "5000" });
    const leaving = new AbortController();
    const { sent: first } = await begin(5000, () => post(url, readJohn, leaving.signal));
    const { sent: second } = await begin(5000, () => execute(url, ReadParticipantDocument, john));
    leaving.abort();
    await expect(first).rejects.toThrow();
    expect((await second).data?.conversationParticipant?.__typename).toBe("ConversationParticipant");
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("an expired operation", () => {
  test("sends none of the updates that are left, and opens no circuit", async () => {
    const { url, bird: upstream } = await start({
      BIRD_DEADLINE_MS: "1500",
      BIRD_ATTEMPT_TIMEOUT_MS: "1400",
    });
    upstream.always(choose(({ method }) => (method === "PATCH" ? later(60, there) : there)));
    const answer: unknown = await (await post(url, manyUpdates(100))).json();
    const members = JSON.stringify(answer).match(/"code":"\w+"(,"outcome":"\w+")?/g) ?? [];
    const notSent = members.filter((member) => member === '"code":"Timeout","outcome":"NOT_APPLIED"');
    expect(notSent.length).toBeGreaterThanOrEqual(70);
    const sent = upstream.requests.length;
    expect(sent + notSent.length).toBe(100);
    expect(await askAsAnother(url)).toMatchObject({ __typename: "ConversationParticipant" });
    expect(upstream.requests).toHaveLength(sent + 1);
  });

  test("begins no single read after a list that hangs until its end", async () => {
    const { url, bird: upstream } = await start({
      BIRD_DEADLINE_MS: "1000",
      BIRD_ATTEMPT_TIMEOUT_MS: "5000",
      BIRD_READS_PER_SECOND: "10",
    });
    upstream.always(hang);
    const answer = await post(url, manyReads(100));
    expect(await answer.text()).not.toContain('"ConversationParticipant"');
    const atTheEnd = upstream.requests.length;
    upstream.always(there);
    await askAsAnother(url);
    expect(upstream.requests).toHaveLength(atTheEnd + 1);
  });
});

describe("callers with short timeouts", () => {
  const limits = { BIRD_ATTEMPT_TIMEOUT_MS: "1000" };

  /** Starts this many callers, each with its own lookup. All leave after a while. */
  async function leaveTogether(url: string, count: number, afterMs: number): Promise<void> {
    const leaving = new AbortController();
    const answers = identifiers(count).map(({ key, value }) =>
      post(
        url,
        { query: print(ReadParticipantDocument), variables: { ...john, key, value } },
        leaving.signal,
      ).catch(() => null),
    );
    await until(() => (bird?.requests.length ?? 0) >= count);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    leaving.abort();
    await Promise.all(answers);
  }

  test("open the circuit when Bird hangs, and a probe whose caller leaves closes it", async () => {
    const { url, bird: upstream } = await start(limits);
    upstream.always(hang);
    await leaveTogether(url, 60, 600);
    await until(async () => JSON.stringify(await askAsAnother(url)).includes('"CircuitOpen"'));
    const held = new Hold();
    upstream.always(held.step);
    // The first call after 5 s is the probe: here its caller leaves as soon as Bird has it.
    await until(async () => {
      const leaving = new AbortController();
      let isAnswered = false;
      const answer = post(url, readJohn, leaving.signal)
        .catch(() => null)
        .finally(() => (isAnswered = true));
      await until(() => isAnswered || held.waiting.length === 1);
      leaving.abort();
      await answer;
      return held.waiting.length === 1;
    });
    held.release(there);
    upstream.always(there);
    await until(async () => (await askAsAnother(url))?.__typename === "ConversationParticipant");
  });

  test("do not open the circuit when Bird answers other callers in time", async () => {
    const { url, bird: upstream } = await start();
    upstream.always(hang);
    await leaveTogether(url, 60, 0);
    upstream.always(there);
    expect(await askAsAnother(url)).toMatchObject({ __typename: "ConversationParticipant" });
  });
});

test("an update makes the participant stale under every identifier, within its operation", async () => {
  const { url, bird: upstream } = await start();
  const phone = `conversation { participant(key: "phonenumber", value: "+31600000000") { __typename } }`;
  const field = (alias: string, status: string) =>
    `${alias}: updateParticipantStatus(input: { workspaceId: "${workspaceId}", conversationId: "${conversationId}", key: "emailaddress", value: "john.doe@bird.com", status: ${status} }) { ... on ConversationParticipant { ${phone} } }`;
  await post(url, { query: `mutation { ${field("first", "PENDING")} ${field("second", "ACTIVE")} }` });
  expect(upstream.requests.map(({ method }) => method)).toEqual(["PATCH", "GET", "PATCH", "GET"]);
});
