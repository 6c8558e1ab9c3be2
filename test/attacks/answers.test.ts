// Responses that are too large: a short query can select one long value thousands of times.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { workspaceId } from "../support/bird.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";
import { codesOf, listPlace, lookup, post, startAttacked, type Attacked } from "./attacked.ts";

/** The largest details that the gateway passes on in one error. */
const details = { text: "x".repeat(15_000) };

let gateway: Attacked;

beforeAll(async () => {
  const bird = await startUpstream(json(404, { code: "NotFound", message: "not there", details }));
  gateway = await startAttacked({}, bird);
});
afterAll(() => gateway.close());
beforeEach(() => {
  gateway.bird.requests.length = 0;
});

const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(" ");
const manyDetails = (count: number) =>
  `{ __typename ... on BirdError { ${times(count, (index) => `d${index}: details`)} } }`;
/** The same participant again and again: one call to Bird. */
const query = (lookups: number, count: number) =>
  `{ ${times(lookups, (index) => `a${index}: ${lookup(manyDetails(count))}`)} }`;
const updates = (number: number, count: number) =>
  `mutation { ${times(number, (index) => `a${index}: updateParticipantStatus(input: { ${listPlace}, key: "k", value: "v", status: ACTIVE }) ${manyDetails(count)}`)} }`;

describe("an answer", () => {
  test("of 3.9 MB is given", async () => {
    const { status, text } = await post(gateway, { query: query(26, 10) });
    expect(status).toBe(200);
    expect(text.length).toBeGreaterThan(3_900_000);
    expect(gateway.bird.requests).toHaveLength(1);
  });

  test.each([
    ["just above 4 MB", query(28, 10)],
    ["of 6 MB", query(40, 10)],
    [
      "of 280 MB",
      `{ conversationParticipants(${listPlace}, identifiers: [${times(100, () => '{ key: "k", value: "v" }')}]) ${manyDetails(190)} }`,
    ],
  ])("%s is no data, and an error that is told from others", async (_what, text) => {
    const answer = await post(gateway, { query: text });
    expect([answer.status, codesOf(answer)]).toEqual([400, ["ANSWER_TOO_LARGE"]]);
    expect(answer.body).not.toHaveProperty("data");
    expect(answer.text.length).toBeLessThan(500);
    expect(gateway.process.stderr()).not.toContain('"event":"bug"');
  });

  test("that is too large for a mutation reports that its updates were sent", async () => {
    const answer = await post(gateway, { query: updates(30, 10) });
    expect(codesOf(answer)).toEqual(["ANSWER_TOO_LARGE"]);
    expect(answer.body.errors?.[0]?.message).toMatch(/updates .* were sent/);
    expect(gateway.bird.countsOf(workspaceId).PATCH).toBe(30);
  });

  test("that is too large does not affect the next answer", async () => {
    expect((await post(gateway, { query: `{ ${lookup()} }` })).status).toBe(200);
  });
});
