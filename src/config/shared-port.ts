// Finds one port for both servers, on hosts that overlap: the second server could not listen.
import { isIPv6 } from "node:net";
import type { Environment } from "./given.ts";
import { variables } from "./variables.ts";

/** @returns the problem in one line, or nothing where the servers can listen beside each other */
export function findSharedPort(given: Environment): string[] {
  const { HOST, PORT, ADMIN_HOST, ADMIN_PORT } = given;
  const port = Number(PORT ?? variables.PORT.default);
  if (ADMIN_PORT === undefined || port === 0 || Number(ADMIN_PORT) !== port) return [];
  const hosts = [HOST ?? variables.HOST.default, ADMIN_HOST ?? variables.ADMIN_HOST.default].map(
    toOneSpelling,
  );
  const isShared = hosts[0] === hosts[1] || hosts.some((host) => EVERY_ADDRESS.includes(host));
  return isShared ? [`ADMIN_PORT is ${port}, which is PORT: give another port, or 0 for a free one`] : [];
}

const EVERY_ADDRESS = ["0.0.0.0", "[::]"];

function toOneSpelling(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, "");
  // The servers prefer the IPv4 address of a name.
  if (name === "localhost") return "127.0.0.1";
  const url = `http://[${name}]`;
  return isIPv6(name) && URL.canParse(url) ? new URL(url).hostname : name;
}
