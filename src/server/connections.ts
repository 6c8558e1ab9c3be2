// The callers' connections: limits their number, closes some when there are too many, and orders the requests on each.
import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import * as events from "../observability/events.ts";

type Connection = {
  readonly socket: Socket;
  readonly address: string;
  /** The response that the caller has not received yet. */
  current: ServerResponse | null;
  /** Functions that start the requests that arrived after it. */
  readonly held: (() => void)[];
};

/** Requests that may wait on one connection for their turn: clients that pipeline send far fewer. */
const MAX_HELD = 100;
/** Requests that may wait on all connections together. One of a few bytes takes a kilobyte of memory and more. */
const MAX_HELD_TOGETHER = 10_000;

export class Connections {
  readonly #max: number;
  /** The requests that wait, on all connections together. */
  #held = 0;
  readonly #bySocket = new Map<Socket, Connection>();
  /** Connections that never sent a whole request, oldest first. */
  readonly #silent = new Set<Connection>();
  /** Connections without an operation in flight, by address, least recently used first. */
  readonly #idle = new Map<string, Set<Connection>>();

  /** @param max how many connections callers may have together */
  constructor(server: Server, max: number) {
    this.#max = max;
    server.on("connection", (socket: Socket) => {
      this.#add(socket);
    });
  }

  /**
   * Begins a request when all answers before it on its connection have been taken. Until then nothing more is read from the
   * connection: otherwise a caller that takes no answers could make the gateway produce any number of them. What was read
   * already may hold thousands of requests, so the connection is closed where too many wait.
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
      // Remove the timeout of the previous response.
      socket.setTimeout(0);
      this.#begin(connection, response, begin);
    });
  }

  /** The whole request has arrived: the connection has an operation in flight now. */
  markBusy(socket: Socket): void {
    const connection = this.#bySocket.get(socket);
    if (connection !== undefined) this.#forget(connection);
  }

  /** The response has been created. */
  markIdle(socket: Socket): void {
    const connection = this.#bySocket.get(socket);
    if (connection === undefined || this.#silent.has(connection)) return;
    const { address } = connection;
    const idle = this.#idle.get(address) ?? new Set();
    this.#idle.set(address, idle.add(connection));
  }

  /** Closes the connections on which nothing was sent: Node.js does not count them as idle. */
  closeUnused(): void {
    for (const { socket } of this.#silent) if (socket.bytesRead === 0) socket.destroy();
  }

  #add(socket: Socket): void {
    while (this.#bySocket.size >= this.#max) {
      const victim = this.#silent.values().next().value ?? this.#findIdle();
      events.connectionDropped();
      // Every connection has an operation in flight, so close the new one.
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

  /** The least recently used idle connection of the address that has the most. */
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

/** An IPv4 address, or the first 64 bits of an IPv6 address, which identify one customer of a provider. */
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
