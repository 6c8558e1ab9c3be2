// How much memory a body takes while it arrives.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { expect, test } from "@jest/globals";
import { ArrivingBodies } from "../../../src/server/arriving-bodies.ts";
import { readBody } from "../../../src/server/request-body.ts";
import { heapBytes } from "../../support/heap.ts";
import { listen } from "../../support/listen.ts";

const limits = { maxBytes: 100 * 1024, arriving: new ArrivingBodies() };
const PIECES = 50_000;

test("keeps the bytes of a body that comes in chunks of one byte, and not the chunks", async () => {
  let pieces = 0;
  const server = createServer((request, response) => {
    void readBody(request, limits).then((read) => response.end(read.ok ? read.value : "rejected"));
    request.on("data", () => {
      pieces += 1;
      if (pieces === PIECES) server.emit("arrived");
    });
  });
  const { port, close } = await listen(server);
  const socket = connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (bytes) => (answer += bytes.toString()));
  const arrived = once(server, "arrived");
  socket.write("POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
  const before = heapBytes();
  socket.write("1\r\nx\r\n".repeat(PIECES));
  await arrived;
  expect((heapBytes() - before) / PIECES).toBeLessThan(50);
  socket.write("0\r\n\r\n");
  await once(socket, "close");
  expect(answer).toContain("x".repeat(PIECES));
  await close();
});
