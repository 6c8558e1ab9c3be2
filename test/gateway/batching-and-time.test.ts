import { afterEach, describe, expect, test } from "@jest/globals";
import { aParticipant, conversationId, john, workspaceId } from "../support/bird.ts";
import { execute, executeForData } from "../support/execute.ts";
import { startTestGateway, type TestGateway } from "../support/gateway.ts";
import { startUpstream, type ScriptedUpstream, type Step } from "../support/scripted-upstream.ts";
import { choose, hang, html, json, later } from "../support/steps.ts";
import { ReadParticipantDocument, ReadParticipantsDocument } from "../support/__generated__/operations.ts";

const PAGE_SIZE = 100;
/** Milliseconds until each answer. */
const LATENCY_MS = 30;

let gateway: TestGateway | undefined;
let bird: ScriptedUpstream | undefined;

afterEach(async () => {
  await bird?.close();
  await gateway?.close();
  [gateway, bird] = [undefined, undefined];
});

/** Starts over an upstream that has answered the caller's key already, and then does this. */
async function start(step: Step, environment: Record<string, string> = {}) {
  bird = await startUpstream(json(200, aParticipant));
  gateway = await startTestGateway(bird.url, environment);
  await execute(gateway.url, ReadParticipantDocument, john);
  bird.requests.length = 0;
  bird.always(step);
  return { url: gateway.url, upstream: bird };
}

const nameOf = (number: number) => `p${number}@example.com`;
const person = (value: string) => ({
  ...aParticipant,
  id: value,
  contact: { ...aParticipant.contact, identifierKey: "emailaddress", identifierValue: value },
});

const isList = (path: string) => path.includes("?limit=");

/** The participant that a single read asks for. */
const single = choose(({ path }) => json(200, person(decodeURIComponent(path.split("/").at(-1) ?? ""))));

/** A page of a conversation of so many people. */
function page(people: number, hasTotal: boolean): Step {
  return choose(({ path }) => {
    const begin = Number(/pageToken=(\d+)/.exec(path)?.[1] ?? 0);
    const end = Math.min(people, begin + PAGE_SIZE);
    const results = Array.from({ length: end - begin }, (_, index) => person(nameOf(begin + index)));
    return json(200, {
      results,
      ...(end < people && { nextPageToken: String(end) }),
      ...(hasTotal && { total: people }),
    });
  });
}

const listOrSingle = (list: Step) => choose(({ path }) => later(LATENCY_MS, isList(path) ? list : single));

/** Looks these people up in one operation; counts the results by union member. */
async function lookUp(url: string, numbers: number[]) {
  const identifiers = numbers.map((number) => ({ key: "emailaddress", value: nameOf(number) }));
  const data = await executeForData(url, ReadParticipantsDocument, {
    workspaceId,
    conversationId,
    identifiers,
  });
  const counts: Record<string, number> = {};
  for (const { __typename } of data.conversationParticipants ?? [])
    counts[__typename] = (counts[__typename] ?? 0) + 1;
  return counts;
}

function callsAt(upstream: ScriptedUpstream) {
  const pages = upstream.requests.filter(({ path }) => isList(path)).length;
  return { pages, singles: upstream.requests.length - pages };
}

const range = (length: number, step = 1) => Array.from({ length }, (_, index) => index * step);

describe("100 lookups", () => {
  test.each([
    ["with a total", true],
    ["without a total", false],
  ])("scattered over 9,500 people, %s, are single reads after one page", async (_what, hasTotal) => {
    const { url, upstream } = await start(listOrSingle(page(9500, hasTotal)));
    expect(await lookUp(url, range(100, 95))).toEqual({ ConversationParticipant: 100 });
    // Two of them are on the first page.
    expect(callsAt(upstream)).toEqual({ pages: 1, singles: 98 });
  });

  test.each([
    ["with a total", true],
    ["without a total", false],
  ])(
    "in a conversation of 500, %s, are five pages, as the quota would make single reads wait",
    async (_what, hasTotal) => {
      const { url, upstream } = await start(listOrSingle(page(500, hasTotal)), {
        BIRD_READS_PER_SECOND: "50",
      });
      expect(await lookUp(url, range(100, 5))).toEqual({ ConversationParticipant: 100 });
      expect(callsAt(upstream)).toEqual({ pages: 5, singles: 0 });
    },
  );

  test("of participants that no list contains are all served, on an idle workspace with the default quota", async () => {
    const { url, upstream } = await start(listOrSingle(page(0, true)), { BIRD_READS_PER_SECOND: "50" });
    expect(await lookUp(url, range(100))).toEqual({ ConversationParticipant: 100 });
    expect(callsAt(upstream)).toEqual({ pages: 1, singles: 100 });
  });

  test("that the quota cannot serve before the deadline are not sent, and fail at once", async () => {
    const { url, upstream } = await start(listOrSingle(page(0, true)), {
      BIRD_READS_PER_SECOND: "10",
      BIRD_DEADLINE_MS: "4000",
    });
    const counts = await lookUp(url, range(100));
    expect(Object.keys(counts).sort()).toEqual(["ConversationParticipant", "RateLimitedError"]);
    expect(upstream.requests.length).toBe(1 + (counts["ConversationParticipant"] ?? 0));
  });
});

describe("a list that fails", () => {
  test("by hanging leaves time for single reads", async () => {
    const { url, upstream } = await start(
      choose(({ path }) => (isList(path) ? hang : single)),
      { BIRD_DEADLINE_MS: "6000", BIRD_ATTEMPT_TIMEOUT_MS: "1000" },
    );
    expect(await lookUp(url, range(30))).toEqual({ ConversationParticipant: 30 });
    expect(callsAt(upstream)).toEqual({ pages: 1, singles: 30 });
  });

  test("by hanging for longer than the operation's deadline leaves half of its time for single reads", async () => {
    const { url, upstream } = await start(
      choose(({ path }) => (isList(path) ? hang : single)),
      { BIRD_DEADLINE_MS: "4000", BIRD_ATTEMPT_TIMEOUT_MS: "600000" },
    );
    expect(await lookUp(url, range(30))).toEqual({ ConversationParticipant: 30 });
    expect(callsAt(upstream)).toEqual({ pages: 1, singles: 30 });
  });

  test("when single reads fail too costs one single read, not one for each lookup", async () => {
    const { url, upstream } = await start(html(200));
    expect(await lookUp(url, range(30))).toEqual({ UpstreamError: 30 });
    expect(callsAt(upstream)).toEqual({ pages: 1, singles: 1 });
  });
});
