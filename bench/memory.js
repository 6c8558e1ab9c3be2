// `npm run bench:memory`: measures whether the heap grows with the number of requests. Build the gateway first.
import { setTimeout as wait } from "node:timers/promises";
import { URL } from "node:url";
import { startChild } from "./child.js";
import { createLoad } from "./load.js";
import { missingParticipant, participant, readOperation, updateOperation } from "./participants.js";
import { startGateway } from "./targets/gateway.js";

const firstRequests = 10_000;
const allRequests = 100_000;
const connections = 32;
/** The largest growth that is allowed, in bytes: 35 bytes kept for each of 90,000 requests exceed it. */
const boundBytes = 3 * 1024 * 1024;

/** Of ten requests, eight read a participant, one reads a missing one and one updates. */
const mix = {
  /** @param {number} n */
  toRequest: (n) => {
    if (n % 10 === 0) return readOperation(missingParticipant(n));
    return n % 10 === 1 ? updateOperation(participant(n), "ACTIVE") : readOperation(participant(n));
  },
  /** @type {import("./load.js").Exchange["isRight"]} */
  isRight: ({ data }, n) => {
    if (n % 10 === 0) return data.conversationParticipant?.__typename === "NotFoundError";
    const result = n % 10 === 1 ? data.updateParticipantStatus : data.conversationParticipant;
    return result?.contact?.identifierValue === participant(n).value;
  },
};

const upstream = await startChild(new URL("programs/upstream.js", import.meta.url));
const gateway = await startGateway(upstream.url, ["--expose-gc"]);
const load = createLoad(gateway.url, connections);

await load.send(mix, 0, firstRequests);
const early = await settledHeap();
await load.send(mix, firstRequests, allRequests - firstRequests);
const late = await settledHeap();

await load.close();
await gateway.stop();
await upstream.stop();

const grown = late - early;
console.log(`Heap in use after ${firstRequests} requests  ${toMb(early)}`);
console.log(`Heap in use after ${allRequests} requests ${toMb(late)}`);
console.log(`Growth ${toMb(grown)}, allowed ${toMb(boundBytes)}: ${grown <= boundBytes ? "met" : "missed"}.`);
if (grown > boundBytes) process.exitCode = 1;

/** The smallest heap after several collections: objects with finalizers are freed only by a later one. */
async function settledHeap() {
  let least = Infinity;
  for (let collection = 0; collection < 6; collection += 1) {
    await wait(200);
    const { heapBytes } = await gateway.collectGarbage();
    least = Math.min(least, heapBytes);
  }
  return least;
}

/** @param {number} bytes */
function toMb(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(2)} MB`;
}
