// A Bird over raw sockets that follows a script, so that it can fail in ways that no HTTP library can. It counts calls.
import { createServer, type Server, type Socket } from "node:net";
import { listen, type Listening } from "./listen.ts";
import { hang } from "./steps.ts";

/** One request, whole, as it arrived. */
export type UpstreamRequest = {
  method: string;
  /** Raw, with the query. */
  path: string;
  /** By lower-case name; repeated ones are joined with a comma. */
  headers: Record<string, string>;
  body: string;
  /** The workspace that the path names, or "". */
  workspaceId: string;
  /** Which connection it came on; the first one is 1. */
  connection: number;
};

/** What happens to one request: bytes, an end of the connection, or nothing. `steps.ts` has many. */
export type Step = (socket: Socket, request: UpstreamRequest) => void;

/** The steps of the first, second … request of each method; the last one goes on for all that follow. */
export type Script = { GET?: Step[]; PATCH?: Step[] };

export type Counts = { GET: number; PATCH: number };

export class ScriptedUpstream {
  /** Every request that arrived, in order. A test may empty it. */
  readonly requests: UpstreamRequest[] = [];
  /** How many connections were opened so far. */
  connectionsOpened = 0;
  readonly #scripts = new Map<string, Script>();
  readonly #counts = new Map<string, Counts>();
  /** Open connections. */
  readonly #sockets = new Set<Socket>();
  #step: Step;
  #listening: Listening | null = null;
  readonly #server: Server = createServer((socket) => {
    this.#accept(socket);
  });

  /** @param step what happens to requests of workspaces without a script */
  constructor(step: Step = hang) {
    this.#step = step;
  }

  async start(): Promise<this> {
    this.#listening = await listen(this.#server);
    return this;
  }

  get url(): string {
    return this.#started().url;
  }

  get port(): number {
    return this.#started().port;
  }

  /** From now on this happens to requests of workspaces without a script. */
  always(step: Step): void {
    this.#step = step;
  }

  /** What happens to the requests of one workspace. */
  setScript(workspaceId: string, script: Script): void {
    this.#scripts.set(workspaceId, script);
  }

  /** How many requests of each method have arrived for a workspace. */
  countsOf(workspaceId: string): Counts {
    const counts = this.#counts.get(workspaceId) ?? { GET: 0, PATCH: 0 };
    this.#counts.set(workspaceId, counts);
    return counts;
  }

  /** How many connections are open now. */
  get connectionsOpen(): number {
    return this.#sockets.size;
  }

  /** Ends every open connection from this side: `end` says so politely (FIN), `reset` does not (RST). */
  closeConnections(how: "end" | "reset"): void {
    for (const socket of this.#sockets) {
      if (how === "end") socket.end();
      else socket.resetAndDestroy();
    }
  }

  async close(): Promise<void> {
    await this.#started().close();
  }

  #started(): Listening {
    if (this.#listening === null) throw new Error("the upstream is not started");
    return this.#listening;
  }

  #accept(socket: Socket): void {
    const connection = ++this.connectionsOpened;
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
    // A client that breaks off is the client's business.
    socket.on("error", () => undefined);
    readRequests(socket, (request) => {
      this.#answer(socket, { ...request, connection });
    });
  }

  #answer(socket: Socket, request: UpstreamRequest): void {
    this.requests.push(request);
    const { method, workspaceId } = request;
    const script = this.#scripts.get(workspaceId);
    if (method !== "GET" && method !== "PATCH") {
      this.#step(socket, request);
      return;
    }
    const index = this.countsOf(workspaceId)[method]++;
    if (script === undefined) {
      this.#step(socket, request);
      return;
    }
    const steps = script[method] ?? [];
    const step = steps[Math.min(index, steps.length - 1)];
    if (step === undefined) throw new Error(`the script of ${workspaceId} has no step for a ${method}`);
    step(socket, request);
  }
}

/** Starts one. Without a step it takes every request and answers none. */
export function startUpstream(step?: Step): Promise<ScriptedUpstream> {
  return new ScriptedUpstream(step).start();
}

/** Calls back for every complete request on a connection. */
function readRequests(
  socket: Socket,
  callback: (request: Omit<UpstreamRequest, "connection">) => void,
): void {
  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    for (;;) {
      const end = received.indexOf("\r\n\r\n");
      if (end === -1) return;
      const [requestLine = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
      const headers = toHeaders(lines);
      const bodyEnd = end + 4 + Number(headers["content-length"] ?? 0);
      if (received.length < bodyEnd) return;
      const body = received.subarray(end + 4, bodyEnd).toString();
      received = received.subarray(bodyEnd);
      const [method = "", path = ""] = requestLine.split(" ");
      const workspaceId = /\/workspaces\/([^/]+)/.exec(path)?.[1] ?? "";
      callback({ method, path, headers, body, workspaceId });
    }
  });
}

function toHeaders(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}, ${value}`;
  }
  return headers;
}
