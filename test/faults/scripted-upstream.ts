// A Bird that speaks bytes and follows a script per workspace: it can go wrong in ways no HTTP library would.
import type { Socket } from "node:net";
import { startRawUpstream } from "../support/raw-upstream.ts";

/** What happens to one request. */
export type Step = (socket: Socket) => void;

/** The steps of the first, second … request of each method; the last one goes on for ever. */
export type Script = { GET?: Step[]; PATCH?: Step[] };

export type Counts = { GET: number; PATCH: number };

export type ScriptedUpstream = {
  url: string;
  /** Scripts are found by the workspace in the path. */
  setScript: (workspaceId: string, script: Script) => void;
  /** How many requests of each method have arrived for a workspace. */
  countsOf: (workspaceId: string) => Counts;
  close: () => Promise<void>;
};

export async function startScriptedUpstream(): Promise<ScriptedUpstream> {
  const scripts = new Map<string, Script>();
  const counts = new Map<string, Counts>();
  const countsOf = (workspaceId: string) => {
    const known = counts.get(workspaceId) ?? { GET: 0, PATCH: 0 };
    counts.set(workspaceId, known);
    return known;
  };
  const upstream = await startRawUpstream((socket) => {
    onRequest(socket, (method, path) => {
      const workspaceId = path.split("/")[2] ?? "";
      const index = countsOf(workspaceId)[method]++;
      const steps = scripts.get(workspaceId)?.[method] ?? [];
      const step = steps[Math.min(index, steps.length - 1)];
      if (step === undefined) throw new Error(`no step for a ${method}`);
      step(socket);
    });
  });
  return {
    url: upstream.url,
    setScript: (workspaceId, script) => scripts.set(workspaceId, script),
    countsOf,
    close: upstream.close,
  };
}

/** Calls back for every whole request that arrives on a connection. */
function onRequest(socket: Socket, callback: (method: "GET" | "PATCH", path: string) => void): void {
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    for (;;) {
      const end = received.indexOf("\r\n\r\n");
      if (end === -1) return;
      const head = received.slice(0, end);
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      received = received.slice(end + 4 + length);
      const [, method, path = ""] = /^(GET|PATCH) (\S+) HTTP/.exec(head) ?? [];
      if (method === "GET" || method === "PATCH") callback(method, path);
    }
  });
}
