// A simulated Bird for the soak and for tests: it answers by configurable rules, and reports each call with its time.
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import { performance } from "node:perf_hooks";
import { setTimeout } from "node:timers";
import { serve } from "./serve.js";

/**
 * The answer to the calls that match: those whose access key begins with `key`, of this workspace, of this method.
 *
 * @typedef {object} Rule
 * @property {string} [key]
 * @property {string} [workspaceId]
 * @property {string} [method]
 * @property {number} [status] 200 where it is not given; 0 hangs, and -1 closes the connection
 * @property {[number, number]} [latencyMs] from and to; answered at once where it is not given
 * @property {Record<string, string>} [headers]
 */

/** @typedef {{ atMs: number, workspaceId: string, key: string, method: string, status: number }} Call */

/** The first rule that matches applies. @type {Rule[]} */
let rules = [];
/** @type {Call[]} */
let calls = [];

const server = createServer((request, response) => {
  // The clock that all processes of the machine share, so that a test can compare it with its own.
  const atMs = performance.timeOrigin + performance.now();
  /** @type {Buffer[]} */
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/rules") {
      rules = JSON.parse(Buffer.concat(chunks).toString());
      response.end();
    } else if (request.url === "/calls") {
      response.end(JSON.stringify(calls));
      if (request.method === "DELETE") calls = [];
    } else answer(request, response, atMs);
  });
});

/**
 * @param {import("node:http").IncomingMessage} request
 * @param {import("node:http").ServerResponse} response
 * @param {number} atMs
 */
function answer({ method = "", url = "", headers }, response, atMs) {
  const workspaceId = url.split("/")[2] ?? "";
  const key = (headers.authorization ?? "").replace("AccessKey ", "");
  const rule = rules.find(
    (candidate) =>
      key.startsWith(candidate.key ?? "") &&
      workspaceId === (candidate.workspaceId ?? workspaceId) &&
      method === (candidate.method ?? method),
  );
  const { status = 200, latencyMs: [from, to] = [0, 0], headers: more = {} } = rule ?? {};
  calls.push({ atMs, workspaceId, key, method, status });
  if (status === 0) return;
  if (status === -1) {
    response.destroy();
    return;
  }
  const send = () => {
    response.writeHead(status, { "content-type": "application/json", ...more });
    response.end(status === 200 ? answerBody(url) : '{"code":"Counted","message":"As the rule says."}');
  };
  if (to === 0) send();
  else setTimeout(send, from + Math.random() * (to - from));
}

/**
 * The list is empty, so each participant is read with a call of its own.
 *
 * @param {string} url
 */
function answerBody(url) {
  if (url.includes("/participants?")) return '{"results":[],"total":0,"totalType":"exact"}';
  const [identifierKey, identifierValue] = url.split("/").slice(-2).map(decodeURIComponent);
  const contact = { identifierKey, identifierValue, platformAddress: identifierValue };
  return JSON.stringify({ id: "p", type: "contact", status: "active", displayName: "Counted", contact });
}

serve("counting bird", server);
