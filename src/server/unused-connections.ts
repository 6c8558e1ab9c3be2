// Keeps connections that a client has opened and not used yet: before the first byte, each counts as idle.
import type { Server } from "node:http";
import type { Socket } from "node:net";

export class UnusedConnections {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  /**
   * Keeps a connection on which Node.js has given up waiting for a head, without a response: the client would take one for
   * the response to its next request. The timeout of a head begins anew with its first byte.
   *
   * @returns false for a connection on which something was sent
   */
  keep(socket: Socket): boolean {
    if (socket.bytesRead > 0 || !this.#sockets.has(socket)) return false;
    // Node.js then closes it without a response.
    socket.setTimeout(this.#server.keepAliveTimeout);
    return true;
  }

  /** A request has arrived on the connection. */
  use(socket: Socket): void {
    if (this.#sockets.delete(socket)) socket.setTimeout(0);
  }
}
