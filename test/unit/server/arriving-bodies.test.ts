import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import { expect, test } from "@jest/globals";
import { ArrivingBodies } from "../../../src/server/arriving-bodies.ts";
import { readBody } from "../../../src/server/request-body.ts";
import { listen } from "../../support/listen.ts";

test("bodies that arrive together have a limit: beyond it, the connection of the one that began first is closed", async () => {
  const arriving = new ArrivingBodies({ maxBytes: 1000 });
  const server = createServer((request, response) => {
    request.on("data", () => server.emit("arrived"));
    void readBody(request, { maxBytes: 500, arriving }).then((read) =>
      response.end(read.ok ? `read ${read.value.length}` : "rejected"),
    );
  });
  const { port, close } = await listen(server);
  const send = async (text: string): Promise<Socket> => {
    const arrived = once(server, "arrived");
    const socket = connect(port, "127.0.0.1").setEncoding("utf8");
    socket.on("error", () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 401\r\n\r\n${text}`);
    await arrived;
    return socket;
  };
  const finish = async (socket: Socket): Promise<string> => {
    let answer = "";
    socket.on("data", (text: string) => (answer += text));
    socket.write("b");
    await once(socket, "close");
    return answer;
  };
  const first = await send("a".repeat(400));
  const firstClosed = once(first.resume(), "close");
  const second = await send("a".repeat(400));
  const third = await send("a".repeat(400));
  await firstClosed;
  expect(first.bytesRead).toBe(0);
  expect([await finish(second), await finish(third)]).toEqual([
    expect.stringContaining("read 401"),
    expect.stringContaining("read 401"),
  ]);
  // What has arrived or was closed no longer counts.
  const others = [await send("a".repeat(400)), await send("a".repeat(400))];
  for (const socket of others) expect(await finish(socket)).toContain("read 401");
  await close();
});
