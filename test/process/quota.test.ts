import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { print } from "graphql";
import { Pool } from "undici";
import { allowedSince, nowMs, startCountingBird, type CountingBird } from "../support/counting-bird.ts";
import { member } from "../support/crowd.ts";
import { startProcess, type GatewayProcess } from "../support/process.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";

const SECONDS = 4;
const OPERATIONS_PER_SECOND = 1000;
const TICK_MS = 10;
const otherWorkspaceId = "b1405560-c8d3-4b1a-877d-3f449ad95352";

const query = print(ReadParticipantDocument);
let bird: CountingBird;
let gateway: GatewayProcess;
let crowdPool: Pool;
let otherPool: Pool;

beforeAll(async () => {
  bird = await startCountingBird();
  gateway = await startProcess({ BIRD_API_URL: bird.url });
  // The number of connections is bounded: on a slow machine callers wait, and the operating system rejects none.
  crowdPool = new Pool(gateway.url, { connections: 256 });
  otherPool = new Pool(gateway.url, { connections: 16 });
});
afterAll(async () => {
  await crowdPool.destroy();
  await otherPool.destroy();
  await gateway.stop("SIGKILL");
  await bird.close();
});

/** The union member that a read is answered with. */
async function read(pool: Pool, variables: ReturnType<typeof member>): Promise<string> {
  const { body } = await pool.request({
    method: "POST",
    path: "/graphql",
    headers: { "content-type": "application/json", authorization: "AccessKey sandbox" },
    body: JSON.stringify({ query, variables }),
  });
  const text = await body.text();
  // A busy machine: the gateway has executed nothing and asks to try again.
  if (text.includes('"OVERLOADED"')) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return read(pool, variables);
  }
  const [, name = "untyped"] = /"__typename":"(\w+)"/.exec(text) ?? [];
  return name;
}

// That no second has more than 50 is shown by test/unit/transport/limiter/quota.test.ts with a fake clock, and by
// `npm run bench:soak`.
test(
  "1,000 operations a second keep to the quota of 50 reads, all end typed, and cost no other workspace an answer",
  async () => {
    const answers: ReturnType<typeof read>[] = [];
    const others: ReturnType<typeof read>[] = [];
    const beginMs = nowMs();
    // Behind by a tick or two, the loop catches up: what counts is how many were sent in all.
    for (let sent = 0; sent < SECONDS * OPERATIONS_PER_SECOND;) {
      const due = Math.min(SECONDS * 1000, nowMs() - beginMs) * (OPERATIONS_PER_SECOND / 1000);
      for (; sent < due; sent++) {
        answers.push(read(crowdPool, member(Math.floor(Math.random() * 10_000))));
        if (sent % 100 === 0)
          others.push(read(otherPool, { ...member((sent / 100) % 100), workspaceId: otherWorkspaceId }));
      }
      await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    }
    const names = await Promise.all(answers);
    const counts = Object.fromEntries(
      [...new Set(names)].map((name) => [name, names.filter((n) => n === name).length]),
    );
    process.stderr.write(`quota: ${JSON.stringify(counts)}\n`);

    const calls = (await bird.takeCalls()).filter((call) => call.workspaceId !== otherWorkspaceId);
    expect(calls.length).toBeLessThanOrEqual(allowedSince(beginMs, calls, 50));
    expect(Object.keys(counts).sort()).toEqual(["ConversationParticipant", "RateLimitedError"]);
    // Nearly all of the quota is used: 50 a second, less what the calls themselves take.
    expect(counts["ConversationParticipant"]).toBeGreaterThan(SECONDS * 40);
    expect(new Set(await Promise.all(others))).toEqual(new Set(["ConversationParticipant"]));
  },
  (SECONDS + 110) * 1000,
);
