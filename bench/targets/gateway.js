// The gateway as it is built, as a server to measure.
import { URL } from "node:url";
import { startChild } from "../child.js";

const program = new URL("../../dist/main.js", import.meta.url);

/**
 * @param {string} upstreamUrl
 * @param {string[]} [nodeOptions]
 * @param {Record<string, string>} [environment] what is different from the environment of the other measurements
 */
export function startGateway(upstreamUrl, nodeOptions = [], environment = {}) {
  return startChild(program, {
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
