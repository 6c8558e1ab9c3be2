// The gateway as it is built, as a server to measure.
import { URL } from "node:url";
import { startChild } from "../child.js";

/**
 * Starts this version of the gateway.
 *
 * @type {StartGateway}
 */
export const startGateway = startProgram(new URL("../../dist/main.js", import.meta.url));

/**
 * @typedef {(upstreamUrl: string, nodeOptions?: string[], environment?: Record<string, string>) => Promise<import("../child.js").Child>} StartGateway
 *   `environment`: what is different from the environment of the other measurements
 */

/**
 * @param {URL} program `dist/main.js` of any version of the gateway
 * @returns {StartGateway}
 */
export function startProgram(program) {
  return (upstreamUrl, nodeOptions = [], environment = {}) =>
    startChild(program, {
      // As `npm start` does.
      nodeOptions: ["--enable-source-maps", ...nodeOptions],
      env: {
        NODE_ENV: "production",
        PORT: "0",
        BIRD_API_URL: upstreamUrl,
        // The quota is kept as always, but is never used up: the benchmark measures work, not waiting.
        BIRD_READS_PER_SECOND: "1000000",
        BIRD_WRITES_PER_SECOND: "1000000",
        ...environment,
      },
    });
}
