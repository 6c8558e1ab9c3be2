// A stateful imitation of Bird over real HTTP: the default upstream, the source of every fault, the tests' witness.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { handleApi } from "./bird-api.ts";
import { handleControl, isControlPath } from "./control.ts";
import type { SandboxConversation } from "./conversation.ts";
import { deliver } from "./delivery.ts";
import { FaultRules, type FaultRule } from "./fault-rules.ts";
import { InvalidFault, parseFault } from "./fault-spec.ts";
import { misbehave } from "./misbehaviour.ts";
import { birdError, type Reply } from "./reply.ts";
import { seed } from "./seed.ts";
import { Workspaces } from "./workspaces.ts";

export type { SandboxConversation } from "./conversation.ts";

/** One request to the API part of the sandbox. */
export type SandboxCall = {
  readonly method: string;
  /** The raw request target, with the query. */
  readonly path: string;
  /** Null when no response was sent. */
  readonly status: number | null;
};

/** How a sandbox starts. Everything has a default. */
export type SandboxOptions = {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 0, a free port. */
  readonly port?: number;
  /** Per workspace. Default: 50; Infinity switches the quota off. */
  readonly readsPerSecond?: number;
  /** Per workspace. Default: 500; Infinity switches the quota off. */
  readonly writesPerSecond?: number;
  /** Added to the seed. */
  readonly conversations?: readonly SandboxConversation[];
  /** Called once for each request to the API, when its response is sent or its connection ends. */
  readonly onCall?: (call: SandboxCall) => void;
};

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  /**
   * Makes the requests that match the rule go wrong.
   *
   * @throws InvalidFault when the rule is invalid
   */
  misbehave(rule: FaultRule): void;
  /** Forgets all rules. */
  behave(): void;
  /** Stops at once, and closes connections that still wait. */
  close(): Promise<void>;
}

/**
 * Starts a sandbox with a state of its own.
 *
 * @throws Error when it cannot listen, RangeError when a limit is invalid
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port = 0, readsPerSecond = 50, writesPerSecond = 500 } = options;
  const { conversations = [], onCall = () => undefined } = options;
  const workspaces = new Workspaces([...seed, ...conversations], { readsPerSecond, writesPerSecond });
  const requests = new Requests(workspaces, onCall);
  // Idle connections outlive those of any client, so the sandbox never closes one that a client is about to use.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void requests.handle(request, response);
  });
  const host = await listen(server, port, options.host === undefined ? loopbacks : [options.host]);
  const { rules } = requests;
  return {
    url: toUrl(server, host),
    misbehave: (rule) => {
      rules.add(rule);
    },
    behave: () => {
      rules.clear();
    },
    close: () => close(server),
  };
}

/** The second one is for machines without IPv4. */
const loopbacks = ["127.0.0.1", "::1"];

/** Listens on the first of these hosts that the machine has. */
async function listen(server: Server, port: number, hosts: readonly string[]): Promise<string> {
  for (const [index, host] of hosts.entries()) {
    server.listen(port, host);
    try {
      await once(server, "listening");
      return host;
    } catch (error) {
      const isMissing =
        error instanceof Error && "code" in error && noSuchAddress.includes(String(error.code));
      if (!isMissing || index === hosts.length - 1) throw error;
    }
  }
  throw new Error("There is no host to listen on.");
}

const noSuchAddress = ["EADDRNOTAVAIL", "EAFNOSUPPORT"];

/** Handles the requests of one sandbox. */
class Requests {
  readonly rules = new FaultRules();
  readonly #workspaces: Workspaces;
  /** Connections that have carried a request. */
  readonly #usedSockets = new WeakSet<Socket>();
  readonly #onCall: (call: SandboxCall) => void;

  constructor(workspaces: Workspaces, onCall: (call: SandboxCall) => void) {
    this.#workspaces = workspaces;
    this.#onCall = onCall;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isControl = isControlPath(request.url ?? "");
    const onSent = isControl ? () => undefined : this.#watch(request, response);
    const reply = await toReply(request, () =>
      isControl ? handleControl(this.rules, request) : this.#handleApi(request),
    );
    await deliver(reply, request, response, onSent);
  }

  /** Reports a call once: with its status when the response is sent, with null when the connection ends before. */
  #watch({ method = "", url = "" }: IncomingMessage, response: ServerResponse): (status: number) => void {
    let isReported = false;
    const report = (status: number | null) => {
      if (!isReported) this.#onCall({ method, path: url, status });
      isReported = true;
    };
    response.once("close", () => {
      report(null);
    });
    return report;
  }

  async #handleApi(request: IncomingMessage): Promise<Reply> {
    const { method = "", url = "", headers } = request;
    const spec = headers["sandbox-fault"];
    const fault = typeof spec === "string" ? parseFault(spec) : this.rules.take(method, url);
    const isReused = this.#usedSockets.has(request.socket);
    this.#usedSockets.add(request.socket);
    const proceed = () => handleApi(this.#workspaces, request, isReused);
    return fault === null ? proceed() : misbehave(fault, { proceed, isReused });
  }
}

/** An invalid fault is the caller's mistake. Anything else that is thrown is a bug in the sandbox. */
async function toReply(request: IncomingMessage, handle: () => Promise<Reply>): Promise<Reply> {
  try {
    return await handle();
  } catch (error) {
    if (error instanceof InvalidFault) return birdError(400, error.message);
    // The caller closed the connection while the body was read.
    if (request.destroyed && !request.complete) return { kind: "hang" };
    return birdError(500, `A bug in the sandbox: ${String(error)}`);
  }
}

function toUrl(server: Server, host: string): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The sandbox listens on no port.");
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}
