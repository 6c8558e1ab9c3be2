// The connections to Bird: strangers get a quarter of them, and workspaces that want more than there are take turns.
import { randomUUID } from "node:crypto";
import { afterEach, expect, test } from "@jest/globals";
import { conversationId, workspaceId } from "../support/bird.ts";
import { startProcess } from "../support/process.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { asked, json, later } from "../support/steps.ts";
import { until } from "../support/until.ts";
import { post, startAttacked, type Attacked } from "./attacked.ts";

let open: { close: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const resource of open.toReversed()) await resource.close();
  open = [];
});

/** A Bird that accepts keys that begin with "good" after 50 ms, denies others after 10 ms and counts its connections. */
async function startBird() {
  const most = { all: 0, junk: 0 };
  let junk = 0;
  const deny = json(401, { code: "Unauthenticated", message: "m" });
  const bird: ScriptedUpstream = await startUpstream((socket, request) => {
    most.all = Math.max(most.all, bird.connectionsOpen);
    if (request.headers["authorization"]?.startsWith("AccessKey good") === true) {
      later(50, asked)(socket, request);
      return;
    }
    most.junk = Math.max(most.junk, (junk += 1));
    let isHeld = true;
    const release = () => {
      if (isHeld) junk -= 1;
      isHeld = false;
      socket.off("close", release);
    };
    socket.once("close", release);
    setTimeout(() => {
      release();
      deny(socket, request);
    }, 10);
  });
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

/** The result of a tenant's read. A busy machine may answer 503: such a request is sent again. */
async function readGood(gateway: Attacked): Promise<string> {
  let text = "";
  await until(async () => {
    const query = `{ ${fields(workspaceId, 0)} }`;
    const answer = await post(gateway, { query }, { authorization: "AccessKey good" });
    text = answer.text;
    return answer.status !== 503;
  }, "the gateway takes a request");
  return text;
}

const found = '{"data":{"a0":{"__typename":"ConversationParticipant"}}}';

test("20 strangers with 100 lookups each in invented workspaces hold a quarter of the connections at most", async () => {
  // The deadline is long, so no call is cut off: Bird would count its connection for longer than the gateway does.
  const { gateway, most } = await start({
    BIRD_CONNECTIONS: "40",
    BIRD_ATTEMPT_TIMEOUT_MS: "25000",
    BIRD_DEADLINE_MS: "25000",
  });
  expect(await readGood(gateway)).toContain(found.slice(0, -1));
  const floods = Array.from({ length: 20 }, (_, index) => flood(gateway, `junk-${index}`));
  for (let round = 0; round < 10; round++) expect(await readGood(gateway)).toContain(found.slice(0, -1));
  await Promise.all(floods);
  expect(most.junk).toBeLessThanOrEqual(10);
  expect(most.junk).toBeGreaterThan(1);
  expect(most.all).toBeLessThanOrEqual(40);
});

test("three workspaces that want one connection have it in turn, whatever each of them wants", async () => {
  const { gateway } = await start({
    BIRD_CONNECTIONS: "1",
    BIRD_ATTEMPT_TIMEOUT_MS: "25000",
    BIRD_DEADLINE_MS: "25000",
  });
  const [busy = "", other = "", small = ""] = Array.from({ length: 3 }, () => randomUUID());
  const read = (workspace: string, count: number) => {
    const lookups = Array.from({ length: count }, (_, index) => fields(workspace, index));
    return post(gateway, { query: `{ ${lookups.join(" ")} }` }, { authorization: "AccessKey good" });
  };
  for (const workspace of [busy, other, small]) await read(workspace, 1);
  const { requests } = gateway.bird;
  const begun = requests.length;
  const floods = [read(busy, 30), read(other, 30)];
  await until(() => requests.length > begun + 2, "the floods have begun");
  await Promise.all([...floods, read(small, 5)]);
  const turns = requests.flatMap(({ path }, index) =>
    path.includes(small) && index >= begun ? [index] : [],
  );
  expect(turns).toHaveLength(5);
  expect(turns.at(-1)).toBeLessThan(requests.length - 5);
  expect((turns.at(-1) ?? 0) - (turns[0] ?? 0)).toBeLessThanOrEqual(3 * 4 + 1);
});

test("a process with few descriptors starts with fewer connections, warns, and serves", async () => {
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
  // Bird may see a new connection before the end of the one it replaces, so twice as many can be open for a moment.
  expect(most.all).toBeLessThanOrEqual(2 * 50);
});
