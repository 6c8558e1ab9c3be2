// A stateful Bird over real HTTP: the newcomer's upstream, a stage for every failure, the tests' witness.

import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { answerBird } from "./bird-api.ts";
import { answerControl, isControlPath } from "./control.ts";
import type { SandboxConversation } from "./conversation.ts";
import { deliver } from "./delivery.ts";
import { createFaultRules } from "./fault-rules.ts";
import type { FaultRule, FaultRules } from "./fault-rules.ts";
import { InvalidFault, parseFault } from "./fault-spec.ts";
import { misbehave } from "./misbehaviour.ts";
import { birdError } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { seed } from "./seed.ts";
import { createWorkspaces } from "./workspaces.ts";
import type { Workspaces } from "./workspaces.ts";

export type { SandboxContact, SandboxConversation, SandboxParticipant } from "./conversation.ts";
export type { FaultRule } from "./fault-rules.ts";

/** One request to the API part of the sandbox. */
export type SandboxCall = {
  readonly method: string;
  /** Raw, as received, with the query. */
  readonly path: string;
  /** Null when no answer was sent. */
  readonly status: number | null;
};

/** How a sandbox is to start; everything has a default. */
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
  /** Called once per request to the API, when it has been answered or given up. */
  readonly onCall?: (call: SandboxCall) => void;
};

/** A running sandbox. */
export interface Sandbox {
  readonly url: string;
  /** Lets the requests that match the rule go wrong. Throws when the rule makes no sense. */
  misbehave(rule: FaultRule): void;
  /** Forgets all rules. */
  behave(): void;
  /** Stops at once; cuts hanging connections, too. */
  close(): Promise<void>;
}

type Stage = {
  readonly workspaces: Workspaces;
  readonly rules: FaultRules;
  readonly onCall: (call: SandboxCall) => void;
};

/** Starts a sandbox of its own state. Rejects when it cannot listen. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { host = "127.0.0.1", port = 0, readsPerSecond = 50, writesPerSecond = 500 } = options;
  const { conversations = [], onCall = () => undefined } = options;
  const workspaces = createWorkspaces([...seed, ...conversations], { readsPerSecond, writesPerSecond });
  const rules = createFaultRules();
  const stage = { workspaces, rules, onCall };
  // Idle connections live longer than any client keeps them: it is never this side that closes one in use.
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    void serve(stage, request, response);
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    url: toUrl(server, host),
    misbehave: rules.add,
    behave: rules.clear,
    close: () => close(server),
  };
}

async function serve(stage: Stage, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isControl = isControlPath(request.url ?? "");
  const onSent = isControl ? () => undefined : watch(stage.onCall, request, response);
  const reply = await replyTo(request, () =>
    isControl ? answerControl(stage.rules, request) : answerApi(stage, request),
  );
  await deliver(reply, request, response, onSent);
}

/** Reports a call once: with the status when its answer is sent, without one when the connection ends before. */
function watch(
  onCall: Stage["onCall"],
  { method = "", url = "" }: IncomingMessage,
  response: ServerResponse,
): (status: number) => void {
  let isReported = false;
  const report = (status: number | null) => {
    if (!isReported) onCall({ method, path: url, status });
    isReported = true;
  };
  response.once("close", () => {
    report(null);
  });
  return report;
}

async function answerApi({ workspaces, rules }: Stage, request: IncomingMessage): Promise<Reply> {
  const wish = request.headers["sandbox-fault"];
  const fault =
    typeof wish === "string" ? parseFault(wish) : rules.take(request.method ?? "", request.url ?? "");
  const proceed = () => answerBird(workspaces, request);
  return fault === null ? proceed() : misbehave(fault, proceed);
}

/** A fault that cannot be understood is the caller's mistake; anything else that is thrown is a bug in here. */
async function replyTo(request: IncomingMessage, answer: () => Promise<Reply>): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof InvalidFault) return birdError(400, error.message);
    // The caller went away while the body was read.
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
