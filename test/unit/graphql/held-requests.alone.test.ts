// How much memory requests take while their operations wait for Bird.
import { expect, test } from "@jest/globals";
import type { Bird } from "../../../src/bird/client.ts";
import { startGraphqlOn } from "../../support/graphql.ts";
import { heapBytes } from "../../support/heap.ts";
import { until } from "../../support/until.ts";

const REQUESTS = 20;
const query = `query ($value: String!) { conversationParticipant(
  workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352", conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418"
  key: "emailaddress", value: $value) { __typename } }`;
/** It has 100 kB, and takes 2 MB when it is parsed. */
const unused = `[${"{},".repeat(33_000)}{}]`;

test("an operation that waits for Bird keeps no variables that it does not define", async () => {
  /** Ends each call: a call that nothing can end would be collected, with its operation. */
  const ends: (() => void)[] = [];
  const wait = () =>
    new Promise<never>((_resolve, reject) => {
      ends.push(() => {
        reject(new Error("the test is over"));
      });
    });
  const bird: Bird = {
    getParticipant: wait,
    listParticipants: wait,
    getParticipantById: wait,
    updateParticipant: wait,
  };
  const { execute, close } = await startGraphqlOn(bird, { routersOnly: true, deadlineMs: 600_000 });
  const answers: Promise<unknown>[] = [];
  const ask = (variables: string) => {
    const answer = execute({
      request: { query, variables: JSON.parse(variables) as Record<string, unknown> },
      headers: { authorization: "AccessKey any" },
      requestId: "request-1",
      queriesOnly: false,
      onLeave: () => undefined,
    });
    answers.push(answer);
  };
  ask('{"value":"first@example.com"}');
  await until(() => ends.length === 1);
  const before = heapBytes();
  for (let request = 1; request <= REQUESTS; request++)
    ask(`{"value":"a${request}@example.com","unused":${unused}}`);
  await until(() => ends.length === 1 + REQUESTS);
  expect((heapBytes() - before) / REQUESTS).toBeLessThan(200_000);
  for (const end of ends) end();
  await Promise.all(answers);
  await close();
});
