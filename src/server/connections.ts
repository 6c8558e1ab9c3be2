// The callers' connections: how many there may be, which of them go when there are too many, and whose turn it is on each.
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import * as events from "../observability/events.ts";

type Connection = {
  readonly socket: Socket;
  readonly address: string;
  /** The request whose answer the caller has not got yet. */
  current: ServerResponse | null;
  /** What begins the requests that came after it, before its answer was taken. */
  readonly held: (() => void)[];
};

/** Requests that may wait on one connection for their turn: what pipelines sends far fewer. */
const MAX_HELD = 100;
/** The same on all connections together. A few bytes make a request that takes a kilobyte and more. */
const MAX_HELD_TOGETHER = 10_000;

export class Connections {
  readonly #max: number;
  #held = 0;
  readonly #bySocket = new Map<Socket, Connection>();
  /** Never sent a whole request; those that were opened first come first. */
  readonly #silent = new Set<Connection>();
  /** Have no operation under way, by address; those that were used longest ago come first. */
  readonly #idle = new Map<string, Set<Connection>>();

  constructor(server: Server, max: number) {
    this.#max = max;
    server.on("connection", (socket: Socket) => {
      this.#add(socket);
    });
  }

  /**
   * Begins a request when all answers before it on its connection have been taken. Until then nothing more is read there:
   * a caller that takes no answers could else have any number of them made. What was read already may be thousands of
   * requests, so the connection is closed beyond a bound.
   */
  takeTurn(socket: Socket, response: ServerResponse, begin: () => void): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined) return;
    if (connection.current === null) {
      this.#begin(connection, response, begin);
      return;
    }
    if (connection.held.length >= MAX_HELD || this.#held >= MAX_HELD_TOGETHER) {
      events.connectionDropped();
      this.#remove(connection);
      socket.destroy();
      return;
    }
    socket.pause();
    this.#held += 1;
    connection.held.push(() => {
      this.#held -= 1;
      // The timeout of the answer before is not this one's.
      socket.setTimeout(0);
      this.#begin(connection, response, begin);
    });
  }

  /** The whole request is there: from now on the connection has an operation under way. */
  markBusy(socket: Socket): void {
    const connection = this.#bySocket.get(socket);
    if (connection !== undefined) this.#forget(connection);
  }

  /** The answer has been made. */
  markIdle(socket: Socket): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined || this.#silent.has(connection)) return;
    const { address } = connection;
    const idle = this.#idle.get(address) ?? new Set();
    this.#idle.set(address, idle.add(connection));
  }

  /** Closes those on which nothing was ever sent: Node.js does not take them for idle. */
  closeUnused(): void {
    for (const { socket } of this.#silent) if (socket.bytesRead === 0) socket.destroy();
  }

  #add(socket: Socket): void {
    while (this.#bySocket.size >= this.#max) {
      const victim = this.#silent.values().next().value ?? this.#findIdle();
      events.connectionDropped();
      // Every connection has an operation under way, so the new one has to go.
      if (victim === undefined) {
        socket.destroy();
        return;
      }
      this.#remove(victim);
      victim.socket.destroy();
    }
    const connection = { socket, address: networkOf(socket), current: null, held: [] };
    this.#bySocket.set(socket, connection);
    this.#silent.add(connection);
    socket.once("close", () => {
      this.#remove(connection);
    });
  }

  /** Of the address that has most of them. */
  #findIdle(): Connection | undefined {
    let largest: Set<Connection> | undefined;
    for (const idle of this.#idle.values()) if (idle.size > (largest?.size ?? 0)) largest = idle;
    return largest?.values().next().value;
  }

  #begin(connection: Connection, response: ServerResponse, begin: () => void): void {
    connection.current = response;
    response.once("close", () => {
      connection.current = null;
      if (connection.socket.destroyed) return;
      const next = connection.held.shift();
      if (next === undefined) connection.socket.resume();
      else next();
    });
    begin();
  }

  #remove(connection: Connection): void {
    this.#bySocket.delete(connection.socket);
    this.#forget(connection);
    this.#held -= connection.held.length;
    connection.held.length = 0;
  }

  #forget(connection: Connection): void {
    this.#silent.delete(connection);
    const idle = this.#idle.get(connection.address);
    idle?.delete(connection);
    if (idle?.size === 0) this.#idle.delete(connection.address);
  }
}

/** An IPv4 address, or the 64 bits of an IPv6 address that stand for one customer of a provider. */
function networkOf({ remoteAddress = "" }: Socket): string {
  if (remoteAddress.startsWith("::ffff:")) return remoteAddress.slice("::ffff:".length);
  if (!remoteAddress.includes(":")) return remoteAddress;
  const [head = "", tail] = remoteAddress.split("::");
  const groups = head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").length;
  return [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ?? "").split(":")]
    .slice(0, 4)
    .join(":");
}
