// Namespaces of Linux, in which a process is PID 1 or has no IPv4. They need root, or user namespaces.
import { spawnSync } from "node:child_process";
import { describe, test } from "@jest/globals";

const works = (...flags: string[]) =>
  spawnSync("unshare", [...flags, "--net", "--pid", "--fork", "true"]).status === 0;

/** What `unshare` needs on this machine to be allowed; null where it is not. */
const allowed = works() ? [] : works("--user", "--map-root-user") ? ["--user", "--map-root-user"] : null;

const missing = "These tests need namespaces: Linux with util-linux, and root or user namespaces";

/** The arguments of `unshare` for a command in namespaces of its own. */
export function inNamespaces(namespaces: readonly string[], command: readonly string[]): string[] {
  return [...(allowed ?? []), ...namespaces, ...command];
}

/** The arguments of `nsenter` for a command in the network of a process. */
export function inNetworkOf(pid: number, command: readonly string[]): string[] {
  const user = allowed?.length === 0 ? [] : ["--user", "--preserve-credentials"];
  return ["--target", String(pid), ...user, "--net", ...command];
}

/** A suite that needs namespaces. Without them one test says so, and fails in CI. */
export function describeInNamespaces(name: string, suite: () => void): void {
  if (allowed !== null) {
    describe(name, suite);
    return;
  }
  test(`${name}: not tried. ${missing}`, () => {
    process.stderr.write(`${missing}\n`);
    if (process.env["CI"] === "true") throw new Error(missing);
  });
}
