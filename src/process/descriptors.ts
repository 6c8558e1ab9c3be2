// The file descriptors of the process: every connection takes one, and without a free one no caller is served.
import { readFileSync } from "node:fs";
import type { Config } from "../config/config.ts";

/** For files, logs, name lookups and what else is open beside connections. */
const RESERVE = 100;
/** The share of the descriptors that connections to Bird may have where there are too few for all. */
const BIRD_SHARE = 0.25;

/** @returns how many descriptors the process may open, or null where the system does not say */
export function readDescriptorLimit(): number | null {
  try {
    // Node.js has raised the soft limit to the hard one by now.
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return limit === undefined ? null : Number(limit);
  } catch {
    return null;
  }
}

/**
 * Lowers `MAX_CONNECTIONS` and `BIRD_CONNECTIONS` where they do not fit below the limit together.
 *
 * @returns the configuration to use, and a line that says what was lowered
 */
export function fitToDescriptors(
  config: Config,
  limit: number | null,
): { config: Config; warning: string | null } {
  const { listen, bird } = config;
  // The sandbox is in this process, so that both ends of a connection to it are.
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
