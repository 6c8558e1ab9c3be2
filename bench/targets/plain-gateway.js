// The plain gateway as a server to measure.
import { URL } from "node:url";
import { startChild } from "../child.js";

const program = new URL("../programs/plain-gateway.js", import.meta.url);

/** @param {string} upstreamUrl */
export function startPlainGateway(upstreamUrl) {
  return startChild(program, { env: { UPSTREAM_URL: upstreamUrl, NODE_ENV: "production" } });
}
