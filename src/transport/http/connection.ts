// One connection to the upstream: one socket and one request at a time, and the same credential in the same
// workspace during its whole life.
import { Socket } from "node:net";
import { Client, errors, type buildConnector, type Dispatcher } from "undici";
import type { ConnectionRequest } from "./connection-request.ts";
import type { Pooled } from "./connections.ts";
import type { Wire } from "./exchange.ts";
import { ResponseReader } from "./interim-responses.ts";

/** Opens a socket and calls back when it is connected. undici's connectors return the socket at once, unlike their type. */
export type Connector = (options: buildConnector.Options, callback: buildConnector.Callback) => unknown;

/** The owner of a connection, which is notified of its state. */
export type ConnectionOwner = {
  /** The connection is no longer in use. @param isUsable whether it can carry another exchange */
  returned(connection: Connection, isUsable: boolean): void;
  /** The connection's socket has closed, in use or idle. */
  closed(connection: Connection): void;
};

/**
 * undici takes a socket that closes without an error for the end of a body without a length, also after an abort, and then
 * throws. One error serves all sockets: creating one, with its stack, costs as much as closing the socket.
 */
const closedHere = new errors.InformationalError("closed by the gateway");

export class Connection implements Wire, Pooled {
  readonly kind = "connection";
  readonly holder: string;
  /** The request that has it; null while it is idle. Only the pool sets it. */
  request: ConnectionRequest | null = null;
  lastWasError = false;
  readonly #owner: ConnectionOwner;
  readonly #client: Client;
  #socket: Socket | undefined;
  #reader: ResponseReader | undefined;
  /** How many complete responses the current socket has carried. */
  #responses = 0;

  /**
   * @param origin of the upstream, such as `https://api.bird.com`
   * @param holder the name of the credential in its workspace: see `nameOf`
   */
  constructor(origin: string, connector: Connector, holder: string, owner: ConnectionOwner) {
    this.holder = holder;
    this.#owner = owner;
    // The attempt's signal limits every phase of a request, so undici's own timeouts are off.
    this.#client = new Client(origin, {
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
        this.#connect(connector, options, callback);
      },
    });
    this.#client.on("disconnect", () => {
      owner.closed(this);
    });
  }

  /** Sends a request. The connection returns to its owner when the exchange is over. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#client.dispatch(options, handler);
  }

  /** Returns the connection unused. An attempt returns its connection by itself. */
  release(): void {
    this.#owner.returned(this, true);
  }

  begin(): boolean {
    this.#reader?.expectResponse();
    return this.#responses > 0;
  }

  receivedBytes(): number {
    return this.#reader?.receivedBytes ?? 0;
  }

  end(isUsable: boolean, isError: boolean): void {
    if (isUsable) this.#responses += 1;
    this.lastWasError = isError;
    this.#owner.returned(this, isUsable);
  }

  /** Closes the socket at once, in any state. */
  close(): void {
    // The socket goes first: undici would create an error for it.
    this.#socket?.destroy(closedHere);
    void this.#client.destroy();
  }

  #connect(connector: Connector, options: buildConnector.Options, callback: buildConnector.Callback): void {
    this.#responses = 0;
    const socket = connector(options, (...result: Parameters<buildConnector.Callback>) => {
      const [error, connected] = result;
      if (error === null) this.#reader = new ResponseReader(connected);
      callback(...result);
    });
    if (socket instanceof Socket) this.#socket = socket;
  }
}
