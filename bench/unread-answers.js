// `npm run bench:unread`: measures the memory of 200 unread responses of 4 MB. Build the gateway first.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { URL } from "node:url";
import { startGateway } from "./targets/gateway.js";

const CONNECTIONS = 200;
/** What a connection may hold: the heap of the process is 256 MB. */
const nodeOptions = ["--expose-gc", "--max-old-space-size=256"];

const upstream = createServer((_request, response) => {
  const details = { text: "x".repeat(15_000) };
  response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ details }));
});
upstream.listen(0, "127.0.0.1");
await once(upstream, "listening");
const address = /** @type {import("node:net").AddressInfo} */ (upstream.address());

const gateway = await startGateway(`http://127.0.0.1:${address.port}`, nodeOptions);
const before = await gateway.collectGarbage();
const sockets = [];
for (let index = 0; index < CONNECTIONS; index += 1) sockets.push(await ask());
const after = await gateway.collectGarbage();
console.log(
  `Heap before ${toMb(before.heapBytes)}, with ${CONNECTIONS} answers of 4 MB unread ${toMb(after.heapBytes)}`,
);
for (const socket of sockets) socket.destroy();
await gateway.stop();
upstream.close();

/** Asks for an answer, waits for its first bytes, and reads no more of it. */
async function ask() {
  const text = request();
  const socket = connect(Number(new URL(gateway.url).port), "127.0.0.1");
  socket.on("error", () => undefined);
  socket.write(text);
  await once(socket, "readable");
  return socket;
}

function request() {
  const place = `workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352", conversationId: "02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418"`;
  const details = Array.from({ length: 10 }, (_, index) => `d${index}: details`).join(" ");
  const lookups = Array.from(
    { length: 27 },
    (_, index) =>
      `a${index}: conversationParticipant(${place}, key: "k", value: "v") { ... on BirdError { ${details} } }`,
  );
  const body = JSON.stringify({ query: `{ ${lookups.join(" ")} }` });
  return `POST /graphql HTTP/1.1\r\nhost: a\r\nauthorization: AccessKey any\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

/** @param {number} bytes */
function toMb(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
