// The real process: what a user starts from a shell, on a free port.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { expectNothingPersonal } from "./nothing-personal.ts";

const root = new URL("../../", import.meta.url).pathname;

export type GatewayProcess = {
  url: string;
  /** Everything written so far. */
  stdout: () => string;
  stderr: () => string;
  /** Sends a signal that does not end it. */
  signal: (signal: NodeJS.Signals) => void;
  /** Sends a signal to all the command started; resolves with the exit code. */
  stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

export type Exit = { code: number | null; stdout: string; stderr: string };

function run(command: string, args: string[], environment: Record<string, string>) {
  // NODE_OPTIONS and the like would make it another process than the user's.
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(command, args, { cwd: root, env: { PATH, HOME, ...environment }, detached: true });
  const written = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (written.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (written.stderr += chunk.toString()));
  const exited = once(child, "close").then(([code]) => (typeof code === "number" ? code : null));
  return { child, written, exited };
}

/** Starts a command and waits for its line that says `listening`. */
export async function startProcess(
  environment: Record<string, string> = {},
  command = "node",
  args = ["dist/main.js"],
): Promise<GatewayProcess> {
  const { child, written, exited } = run(command, args, { PORT: "0", ...environment });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", () => {
      const line = /^.*listening.*?(http:\/\/\S+)$/m.exec(written.stdout);
      if (line?.[1] !== undefined) resolve(line[1]);
    });
    void exited.then((code) => {
      reject(new Error(`exited with ${String(code)} before it listened: ${written.stderr}`));
    });
  });
  return {
    url,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    signal: (signal) => {
      child.kill(signal);
    },
    stop: async (signal = "SIGTERM") => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
        process.kill(-child.pid, signal);
      }
      const code = await exited;
      searchOutput(written);
      return code;
    },
  };
}

/** Runs a command to its end. */
export async function runProcess(
  environment: Record<string, string>,
  command = "node",
  args = ["dist/main.js"],
): Promise<Exit> {
  const { written, exited } = run(command, args, environment);
  const code = await exited;
  // What other programs print on stdout is what they were asked for.
  expectNothingPersonal(written.stderr);
  return { code, ...written };
}

/** Every gateway that a test starts is searched. The sandbox's banner shows a query to paste, with the sandbox's person in it. */
function searchOutput({ stdout, stderr }: { stdout: string; stderr: string }): void {
  if (!stdout.includes("bird-conversations-gateway listening")) return;
  expectNothingPersonal(stdout.includes("sandbox") ? stderr : stdout + stderr);
}
