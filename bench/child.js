// A server in a process of its own. It ends when `stop` is called, or with this process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, URL } from "node:url";

/**
 * @typedef {{ cpuMicroseconds: number, heapBytes: number }} Usage user and system time, all threads; the heap in use
 * @typedef {{ url: string, usage: () => Promise<Usage>, collectGarbage: () => Promise<Usage>, stop: () => Promise<void> }} Child
 */

const reportUsage = new URL("report-usage.js", import.meta.url).href;
const logs = mkdtempSync(join(tmpdir(), "gateway-bench-"));
/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
let started = 0;

process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(logs, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/**
 * Starts a program and waits for its line that says `listening on <URL>`.
 *
 * @param {URL} program
 * @param {{ env?: Record<string, string>, nodeOptions?: string[] }} [options] `env` is the whole environment: nothing is
 *   inherited, so that a proxy or an option of the shell cannot change the result
 * @returns {Promise<Child>}
 */
export async function startChild(program, { env = {}, nodeOptions = [] } = {}) {
  const path = fileURLToPath(program);
  const logFile = join(logs, `${(started += 1)}.log`);
  // Log lines go to a real file: writing them is part of the work.
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, [...nodeOptions, "--import", reportUsage, path], {
    env,
    stdio: ["ignore", "pipe", log, "ipc"],
  });
  closeSync(log);
  running.add(child);
  const exited = once(child, "exit");
  void exited.then(() => running.delete(child));
  const url = await Promise.race([listening(child), exited.then(() => null)]);
  if (url === null) throw new Error(`${path} did not start:\n${readFileSync(logFile, "utf8")}`);
  return {
    url,
    usage: () => ask(child, "usage"),
    collectGarbage: () => ask(child, "collectGarbage"),
    stop: async () => {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** @param {import("node:child_process").ChildProcess} child */
async function listening(child) {
  for await (const line of createInterface({
    input: /** @type {import("node:stream").Readable} */ (child.stdout),
  })) {
    const url = /listening on (\S+)/.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return null;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {"usage" | "collectGarbage"} request
 * @returns {Promise<Usage>}
 */
async function ask(child, request) {
  const answered = once(child, "message");
  child.send(request);
  const [usage] = await answered;
  return usage;
}
