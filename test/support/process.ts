// The only spawner of the tests. `startProcess` is the gateway as a user starts it, on a free port.
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { expectNothingPersonal } from "./nothing-personal.ts";

const root = new URL("../../", import.meta.url).pathname;

export type Running = {
  pid: number;
  /** Everything written so far. */
  stdout: () => string;
  stderr: () => string;
  /** Sends a signal that does not end it. */
  signal: (signal: NodeJS.Signals) => void;
  /** Sends a signal to all that the command started; resolves with the exit code, null where a signal ended it. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
  /** Resolves when the process has ended and all its output is read. */
  exited: Promise<number | null>;
  child: ChildProcess;
};

export type GatewayProcess = Running & { url: string };

export type Exit = { code: number | null; stdout: string; stderr: string };

export type Command = {
  command?: string;
  args?: string[];
  environment?: Record<string, string>;
  /** The working directory, instead of the root of the project. */
  cwd?: string;
  /** The standard streams, instead of pipes that the test reads. */
  stdio?: StdioOptions;
};

/** Starts a command in a process group of its own, and keeps what it writes. */
export function start({
  command = "node",
  args = [],
  environment = {},
  cwd = root,
  stdio,
}: Command): Running {
  // NODE_OPTIONS and the like would make it another process than the user's.
  const { PATH = "", HOME = "" } = process.env;
  const options = { cwd, env: { PATH, HOME, ...environment }, detached: true };
  const child: ChildProcess = spawn(command, args, { ...options, stdio: stdio ?? "pipe" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${command} cannot be started`);
  const written = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (written.stderr += chunk.toString()));
  const exited = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  return {
    pid,
    child,
    exited,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    signal: (signal) => {
      child.kill(signal);
    },
    stop: async (signal = "SIGTERM") => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-pid, signal);
      const code = await exited;
      searchOutput(written);
      return code;
    },
  };
}

/** Where a gateway with an admin port serves its metrics. */
export function adminUrlOf({ stdout }: Running): string {
  const url = /^Admin port: metrics and probes at (http:\/\/\S+)$/m.exec(stdout())?.[1];
  if (url === undefined) throw new Error("the gateway has no admin port");
  return url;
}

/** Resolves with the URL of the line that says `listening`. */
export async function listeningUrl({ child, stdout, stderr, exited }: Running): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    const look = () => {
      const line = /^.*listening.*?(http:\/\/\S+)$/m.exec(stdout());
      if (line?.[1] !== undefined) resolve(line[1]);
    };
    child.stdout?.on("data", look);
    look();
    void exited.then((code) => {
      reject(new Error(`exited with ${String(code)} before it listened: ${stderr()}`));
    });
  });
}

/** Starts a command and waits for its line that says `listening`. */
export async function startProcess(
  environment: Record<string, string> = {},
  command = "node",
  args = ["dist/main.js"],
): Promise<GatewayProcess> {
  const running = start({ command, args, environment: { PORT: "0", ...environment } });
  return { ...running, url: await listeningUrl(running) };
}

/** Runs a command to its end. */
export async function runProcess(
  environment: Record<string, string>,
  command = "node",
  args = ["dist/main.js"],
): Promise<Exit> {
  const { exited, stdout, stderr } = start({ command, args, environment });
  const code = await exited;
  // What other programs print on stdout is what they were asked for.
  expectNothingPersonal(stderr());
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Every gateway that a test starts is searched. The sandbox's banner shows a query to paste, with the sandbox's person in it. */
function searchOutput({ stdout, stderr }: { stdout: string; stderr: string }): void {
  if (!stdout.includes("bird-conversations-gateway listening")) return;
  expectNothingPersonal(stdout.includes("sandbox") ? stderr : stdout + stderr);
}
