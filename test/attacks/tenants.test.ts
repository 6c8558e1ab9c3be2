// Two tenants in one process: neither ever gets a response for the other.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { aParticipant, john } from "../support/bird.ts";
import { startUpstream } from "../support/scripted-upstream.ts";
import { choose, json, later } from "../support/steps.ts";
import { post, startAttacked, type Attacked } from "./attacked.ts";

let gateway: Attacked;

beforeAll(async () => {
  // A Bird that answers each caller with that caller's secret: its key and the requested path.
  const secretive = choose(({ headers, path }) => {
    const displayName = `${headers["authorization"] ?? ""} ${decodeURIComponent(path)}`;
    return json(200, { ...aParticipant, displayName });
  });
  const bird = await startUpstream(later(2, secretive));
  gateway = await startAttacked({ BIRD_BATCHING: "single" }, bird);
});
afterAll(() => gateway.close());

const query = `query ($workspaceId: ID!, $conversationId: ID!, $key: String!, $value: String!) {
  conversationParticipant(workspaceId: $workspaceId, conversationId: $conversationId, key: $key, value: $value) {
    ... on ConversationParticipant { displayName }
  }
}`;

async function ask(tenant: string, address: typeof john): Promise<string> {
  const { text } = await post(
    gateway,
    { query, variables: address },
    { authorization: `AccessKey ${tenant}` },
  );
  return /"displayName":"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? text;
}

const secretOf = (tenant: string, { workspaceId, conversationId, key, value }: typeof john) =>
  `AccessKey ${tenant} /workspaces/${workspaceId}/conversations/${conversationId}/participants/${key}/${value}`;

test("two tenants who ask for the same participant at the same moment make two calls, and each gets its own answer", async () => {
  const tenant = fc.stringMatching(/^[A-Za-z0-9:|,-]{1,20}$/);
  const word = fc.stringMatching(/^[a-z0-9:|,@-]{1,12}$/);
  await fc.assert(
    fc.asyncProperty(tenant, tenant, word, word, async (one, other, key, value) => {
      fc.pre(one !== other);
      gateway.bird.requests.length = 0;
      const address = { ...john, key, value };
      const answers = await Promise.all([ask(one, address), ask(other, address)]);
      expect(answers).toEqual([secretOf(one, address), secretOf(other, address)]);
      expect(gateway.bird.requests).toHaveLength(2);
    }),
    { numRuns: 100 },
  );
});

test("tenants and addresses whose joined texts are equal are told apart", async () => {
  const pairs = [
    ["a", { ...john, key: "b:c", value: "d" }],
    ["a", { ...john, key: "b", value: "c:d" }],
    ["a:b", { ...john, key: "c", value: "d" }],
    ["a", { ...john, key: 'b","c', value: "d" }],
    ["a", { ...john, key: "b", value: 'c","d' }],
  ] as const;
  const answers = await Promise.all(pairs.map(([tenant, address]) => ask(tenant, address)));
  expect(answers.map((answer) => answer.replaceAll('\\"', '"'))).toEqual(
    pairs.map(([tenant, address]) => secretOf(tenant, address)),
  );
});
