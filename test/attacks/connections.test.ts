// Strangers want all connections to Bird: they get a quarter, and tenants notice nothing.
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "@jest/globals";
import { conversationId, workspaceId } from "../support/bird.ts";
import { startProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { asked, choose, json, later } from "../support/steps.ts";
import { post, startAttacked, type Attacked } from "./attacked.ts";

let open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of open.toReversed()) await resource.close();
  open = [];
});

/** A Bird that knows keys that begin with "good", and takes 50 ms for each answer. It notes the connections. */
async function startBird() {
  const most = { all: 0, junk: 0 };
  const junk = new Map<number, number>();
  const bird: ScriptedUpstream = await startUpstream(
    choose(({ headers, connection }) => {
      const isJunk = headers["authorization"]?.startsWith("AccessKey good") !== true;
      most.all = Math.max(most.all, bird.connectionsOpen);
      const held = (by: 1 | -1) => junk.set(connection, (junk.get(connection) ?? 0) + by);
      if (!isJunk) return later(50, asked);
      held(1);
      most.junk = Math.max(most.junk, [...junk.values()].filter((count) => count > 0).length);
      return later(50, (socket, request) => {
        held(-1);
        json(401, { code: "Unauthenticated", message: "m" })(socket, request);
      });
    }),
  );
  return { bird, most };
}

async function start(environment: Record<string, string>) {
  const { bird, most } = await startBird();
  const gateway = await startAttacked({ BIRD_BATCHING: "single", ...environment }, bird);
  open.push(gateway);
  return { gateway, most };
}

const fields = (workspace: string, index: number) =>
  `a${index}: conversationParticipant(workspaceId: "${workspace}", conversationId: "${conversationId}", key: "emailaddress", value: "n${index}@example.com") { __typename }`;

/** One operation of 100 lookups in 10 invented workspaces. */
function flood(gateway: Attacked, key: string) {
  const workspaces = Array.from({ length: 10 }, () => randomUUID());
  const lookups = Array.from({ length: 100 }, (_, index) => fields(workspaces[index % 10] ?? "", index));
  return post(gateway, { query: `{ ${lookups.join(" ")} }` }, { authorization: `AccessKey ${key}` });
}

async function readGood(gateway: Attacked): Promise<string> {
  const { text } = await post(
    gateway,
    { query: `{ ${fields(workspaceId, 0)} }` },
    { authorization: "AccessKey good" },
  );
  return text;
}

const found = '{"data":{"a0":{"__typename":"ConversationParticipant"}}}';

test("20 strangers with 100 lookups each in invented workspaces hold a quarter of the connections at most", async () => {
  const { gateway, most } = await start({ BIRD_CONNECTIONS: "40" });
  expect(await readGood(gateway)).toContain(found.slice(0, -1));
  const floods = Array.from({ length: 20 }, (_, index) => flood(gateway, `junk-${index}`));
  for (let round = 0; round < 10; round++) expect(await readGood(gateway)).toContain(found.slice(0, -1));
  await Promise.all(floods);
  expect(most.junk).toBeLessThanOrEqual(10);
  expect(most.junk).toBeGreaterThan(1);
  // The upstream may hear of the end of a connection after the beginning of the one that replaces it.
  expect(most.all).toBeLessThanOrEqual(40);
});

test("a process with few descriptors starts with fewer connections, says so, and serves on", async () => {
  const { bird, most } = await startBird();
  open.push(bird);
  const gateway = await startProcess(
    { NODE_ENV: "production", BIRD_API_URL: bird.url, BIRD_BATCHING: "single" },
    "sh",
    ["-c", "ulimit -n 300; exec node dist/main.js"],
  );
  open.push({
    close: async () => {
      await gateway.stop("SIGKILL");
    },
  });
  expect(gateway.stderr()).toMatch(/BIRD_CONNECTIONS=256 do not fit .* lowered to 150 and 50/);
  const attacked: Attacked = { url: gateway.url, bird, process: gateway, close: () => bird.close() };
  expect(await readGood(attacked)).toContain(found.slice(0, -1));
  const floods = Array.from({ length: 20 }, (_, index) => flood(attacked, `good-${index}`));
  await Promise.all(floods);
  expect(await readGood(attacked)).toContain(found.slice(0, -1));
  expect(most.all).toBeLessThanOrEqual(50);
});
