// Fits the numbers of connections to the limit on file descriptors: without a free descriptor no caller can connect.
import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";

/** Descriptors that are reserved for files, logs, DNS lookups and the like. */
const RESERVE = 100;
/** The share of the descriptors for connections to Bird where there are too few for all connections. */
const BIRD_SHARE = 0.25;

/** @returns how many descriptors the process may open, or null where the system does not say */
export function readDescriptorLimit(): number | null {
  try {
    // The soft limit is the effective one. Node.js has raised it to the hard limit by now.
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}

/**
 * Lowers `MAX_CONNECTIONS` and `BIRD_CONNECTIONS` where together they exceed the limit.
 *
 * @returns the configuration to use, and a line that says what was lowered
 */
export function fitToDescriptors(
  config: Config,
  limit: number | null,
): { config: Config; warning: string | null } {
  const { listen, bird } = config;
  // Both ends of a connection to the embedded sandbox are in this process.
  const ends = bird.url === null ? 2 : 1;
  if (limit === null || listen.maxConnections + ends * bird.maxConnections + RESERVE <= limit)
    return { config, warning: null };
  const available = Math.max(0, limit - RESERVE);
  const toBird = Math.max(1, Math.min(bird.maxConnections, Math.floor((available * BIRD_SHARE) / ends)));
  const ofCallers = Math.max(1, Math.min(listen.maxConnections, available - ends * toBird));
  return {
    config: {
      ...config,
      listen: { ...listen, maxConnections: ofCallers },
      bird: { ...bird, maxConnections: toBird },
    },
    warning:
      `MAX_CONNECTIONS=${listen.maxConnections} and BIRD_CONNECTIONS=${bird.maxConnections} do not fit into the ` +
      `${limit} file descriptors of the process: they are lowered to ${ofCallers} and ${toBird}. Raise the limit (ulimit -n)`,
  };
}
