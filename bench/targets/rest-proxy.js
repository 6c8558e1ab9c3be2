// The REST proxy as a server to measure.
import { URL } from "node:url";
import { startChild } from "../child.js";

const program = new URL("../programs/rest-proxy.js", import.meta.url);

/** @param {string} upstreamUrl */
export function startRestProxy(upstreamUrl) {
  return startChild(program, { env: { UPSTREAM_URL: upstreamUrl } });
}
