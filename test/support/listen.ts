// Starts a server of a test on a free port, and ends it with all its connections.
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";

export type Listening = {
  /** `http://127.0.0.1:<port>`; of a TLS server the scheme is wrong and the port is right. */
  url: string;
  port: number;
  /** Destroys every connection and stops listening. */
  close: () => Promise<void>;
};

/** @param server any server of `node:net`, `node:http` or `node:tls` */
export async function listen(server: Server, host = "127.0.0.1"): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A port on which nothing listens: one that was free a moment ago. */
export async function freePort(): Promise<number> {
  const { port, close } = await listen(createServer());
  await close();
  return port;
}
