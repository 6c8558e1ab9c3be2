// Signals at any time, and outputs that are full or not read.
import type { StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { aParticipant, john } from "../support/bird.ts";
import { execute } from "../support/execute.ts";
import { freePort } from "../support/listen.ts";
import { describeInNamespaces, inNamespaces } from "../support/namespaces.ts";
import { listeningUrl, start, type Running } from "../support/process.ts";
import { sendBytes } from "../support/raw-client.ts";
import { startUpstream, type ScriptedUpstream } from "../support/scripted-upstream.ts";
import { json } from "../support/steps.ts";
import { writeTemporary } from "../support/temporary.ts";
import { until } from "../support/until.ts";
import { ReadParticipantDocument } from "../support/__generated__/operations.ts";

let bird: ScriptedUpstream;
let gateway: Running;
let port: number;
const url = () => `http://127.0.0.1:${port}`;

beforeEach(async () => {
  bird = await startUpstream(json(200, aParticipant));
  port = await freePort();
});
afterEach(async () => {
  // A process counts as ended once its output is read.
  gateway.child.stdout?.resume();
  gateway.child.stderr?.resume();
  await gateway.stop("SIGKILL");
  await bird.close();
});

const environment = () => ({
  BIRD_API_URL: bird.url,
  PORT: String(port),
  BIRD_READS_PER_SECOND: "100000",
});

async function answers(): Promise<boolean> {
  try {
    const { data } = await execute(url(), ReadParticipantDocument, john);
    return data?.conversationParticipant?.__typename === "ConversationParticipant";
  } catch {
    return false;
  }
}

async function droppedLines(): Promise<number> {
  const text = await (await fetch(`${url()}/metrics`)).text();
  return Number(/^gateway_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
}

describe("a sink that is full", () => {
  test.each(["stdout", "stderr"] as const)(
    "loses log lines on %s, and still answers requests",
    async (stream) => {
      const full = openSync("/dev/full", "w");
      const stdio: StdioOptions = stream === "stdout" ? ["ignore", full, "pipe"] : ["ignore", "pipe", full];
      gateway = start({ args: ["dist/main.js"], environment: environment(), stdio });
      closeSync(full);
      await until(answers, "the gateway answers");
      for (let index = 0; index < 50; index++) expect(await answers()).toBe(true);
      if (stream === "stderr") expect(await droppedLines()).toBeGreaterThan(50);
      expect(await gateway.stop("SIGTERM")).toBe(0);
    },
  );
});

/** A request that is rejected unread, and so costs little but its log line of 250 bytes. */
const rejected = (connection: string) =>
  `POST /graphql HTTP/1.1\r\nhost: a\r\nconnection: ${connection}\r\ncontent-type: text/plain\r\ncontent-length: 0\r\nx-request-id: ${"r".repeat(128)}\r\n\r\n`;
const fifty = rejected("keep-alive").repeat(49) + rejected("close");

/** Causes lines until some are lost. A megabyte waits in the process before that. */
async function loseLines(): Promise<void> {
  while ((await droppedLines()) === 0)
    await Promise.all(Array.from({ length: 10 }, () => sendBytes(url(), fifty)));
}

/** The process that a command has started. */
function childOf(pid: number): number {
  return Number.parseInt(readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8"), 10);
}

describe("a pipe that is not read", () => {
  async function fill(): Promise<void> {
    gateway = start({ args: ["dist/main.js"], environment: environment() });
    await listeningUrl(gateway);
    gateway.child.stderr?.pause();
    await loseLines();
  }

  test("loses log lines, and still answers requests; the drain ends", async () => {
    await fill();
    expect(await answers()).toBe(true);
    const ended = once(gateway.child, "exit");
    gateway.signal("SIGTERM");
    expect(await ended).toEqual([0, null]);
  }, 120_000);

  test("is written to again once it is read, with a line that says how many are lost", async () => {
    await fill();
    gateway.child.stderr?.resume();
    await until(() => gateway.stderr().includes('"event":"logResumed"'));
    // The last line may be cut off where it was read.
    const lost = () =>
      gateway
        .stderr()
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { event: string; lines?: number })
        .reduce((sum, { event, lines = 0 }) => sum + (event === "logResumed" ? lines : 0), 0);
    const dropped = await droppedLines();
    await until(() => lost() >= dropped, "the lines say how many are lost");
    expect(lost()).toBe(dropped);
  }, 120_000);
});

test("a terminal that is not read loses log lines, and still answers requests; the drain ends", async () => {
  // `script` runs its command on a terminal. It stops reading when nobody reads what it writes.
  const args = ["--quiet", "--return", "--command", "exec node dist/main.js", "/dev/null"];
  gateway = start({ command: "script", args, environment: environment() });
  await listeningUrl(gateway);
  gateway.child.stdout?.pause();
  await loseLines();
  expect(await answers()).toBe(true);
  process.kill(childOf(gateway.pid), "SIGTERM");
  await until(async () => !(await answers()), "the gateway has stopped");
  gateway.child.stdout?.resume();
  expect(await gateway.exited).toBe(0);
}, 120_000);

/** The gateway as a container runs it: the first process of a namespace of its own. */
const inContainer = inNamespaces(
  ["--pid", "--fork", "--kill-child", "--mount-proc"],
  ["node", "dist/main.js"],
);

async function startAs(what: "a process" | "PID 1", more: Record<string, string> = {}): Promise<number> {
  const command = what === "PID 1" ? { command: "unshare", args: inContainer } : { args: ["dist/main.js"] };
  gateway = start({ ...command, environment: { ...environment(), ...more } });
  let pid = gateway.pid;
  // `unshare` itself stays outside of the namespace.
  if (what === "PID 1")
    await until(() => {
      pid = childOf(gateway.pid);
      return Number.isInteger(pid);
    }, "the gateway is started");
  // Node.js handles SIGTERM and SIGINT from its first moment, and as PID 1 to no effect; SIGHUP is the gateway's own.
  await until(() => {
    const [, caught = "0"] = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return (Number.parseInt(caught.slice(-8), 16) & 1) === 1;
  }, "the gateway handles signals");
  return pid;
}

function signalsDuringTheStart(what: "a process" | "PID 1"): void {
  test.each(["SIGTERM", "SIGINT"] as const)("%s ends the start with exit code 0", async (signal) => {
    process.kill(await startAs(what), signal);
    expect(await gateway.exited).toBe(0);
  });

  test("SIGHUP is remembered until the gateway listens", async () => {
    const pid = await startAs(what, {
      AUTH_MODE: "jwt",
      JWT_JWKS_URL: "http://127.0.0.1:1/",
      JWT_ISSUER: "https://issuer.example.com",
      JWT_AUDIENCE: "audience",
      BIRD_ACCESS_KEYS_FILE: writeTemporary({ [john.workspaceId]: "stored-key" }),
    });
    process.kill(pid, "SIGHUP");
    await until(() => gateway.stderr().includes('"event":"accessKeysReloaded"'));
  });
}

describe("a signal to a process that starts", () => {
  signalsDuringTheStart("a process");
});
describeInNamespaces("a signal to PID 1 that starts", () => {
  signalsDuringTheStart("PID 1");
});

describe("what is not caught", () => {
  test.each([
    ["an exception", "setTimeout(() => { throw new TypeError('canary') }, 0)"],
    ["a rejected promise", "Promise.reject(new TypeError('canary'))"],
    ["a thrown text", "setTimeout(() => { throw 'canary' }, 0)"],
  ])("is one log line without its message, and exit code 1: %s", async (_what, code) => {
    // The signal stands for the bug: the module that the process is given throws when it gets it.
    const bug = `process.on("SIGUSR2", () => { ${code} })`;
    const args = ["--import", writeTemporary(bug, "bug.mjs"), "dist/main.js"];
    gateway = start({ args, environment: environment() });
    await listeningUrl(gateway);
    const before = gateway.stderr();
    gateway.signal("SIGUSR2");
    expect(await gateway.exited).toBe(1);
    const lines = gateway.stderr().slice(before.length).trim().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", event: "bug", requestId: null });
    expect(gateway.stderr()).not.toContain("canary");
  });
});
