// `npm run bench:latency`: how long callers wait where a failure, or another workspace, keeps the gateway busy.
import { once } from "node:events";
import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import { Pool } from "undici";
import { participant, readOperation } from "./participants.js";
import { percentile } from "./statistics.js";
import { startGateway } from "./targets/gateway.js";

const OTHER_WORKSPACE = "b1405560-c8d3-4b1a-877d-3f449ad95352";
let isFailing = false;

const bird = createServer((_request, response) => {
  const body = isFailing ? {} : { id: "1", type: "contact", status: "active" };
  response.writeHead(isFailing ? 503 : 200, { "content-type": "application/json" }).end(JSON.stringify(body));
}).listen(0, "127.0.0.1");
await once(bird, "listening");
const address = /** @type {import("node:net").AddressInfo} */ (bird.address());
const quota = { BIRD_READS_PER_SECOND: "50", BIRD_BATCHING: "single" };
const gateway = await startGateway(`http://127.0.0.1:${address.port}`, [], quota);
const pool = new Pool(gateway.url, { connections: 128 });

/**
 * Reads a participant.
 *
 * @param {number} n which one
 * @param {string} [workspaceId] instead of the usual one
 * @returns {Promise<{ text: string, ms: number }>} the answer, and how long it took
 */
async function read(n, workspaceId) {
  const { path, body } = readOperation({
    ...participant(n),
    ...(workspaceId !== undefined && { workspaceId }),
  });
  const begin = performance.now();
  const headers = { "content-type": "application/json", authorization: "AccessKey bench" };
  const answer = await pool.request({ method: "POST", path, headers, body: JSON.stringify(body) });
  const text = await answer.body.text();
  return { text, ms: performance.now() - begin };
}

/**
 * @param {string} what
 * @param {{ text: string, ms: number }[]} reads
 * @param {string} expected what every counted answer holds
 */
function print(what, reads, expected) {
  const ms = reads.filter(({ text }) => text.includes(expected)).map((one) => one.ms);
  if (ms.length < reads.length / 2) throw new Error(`${what}: only ${ms.length} answers hold ${expected}`);
  console.log(`${what}: p50 ${percentile(ms, 50).toFixed(1)} ms, p99 ${percentile(ms, 99).toFixed(1)} ms`);
}

await read(0);
await read(0, OTHER_WORKSPACE);

/** @type {Awaited<ReturnType<typeof read>>[]} */
const others = [];
const crowd = [];
for (let round = 0; round < 100; round++) {
  for (let n = 0; n < 10; n++) crowd.push(read(round * 10 + n));
  others.push(await read(round, OTHER_WORKSPACE));
}
await Promise.all(crowd);
print("another workspace, beside one that asks for more than its quota", others, "ConversationParticipant");

isFailing = true;
while (!(await read(0, OTHER_WORKSPACE)).text.includes("CircuitOpen"));
const open = [];
for (let n = 0; n < 500; n++) open.push(await read(n, OTHER_WORKSPACE));
print("an open circuit", open, "CircuitOpen");

await pool.destroy();
await gateway.stop();
bird.close();
bird.closeAllConnections();
