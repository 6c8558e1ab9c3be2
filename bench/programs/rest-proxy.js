// The baseline: what a participant costs without GraphQL, types or logs. `node:http` in, an undici pool out, JSON on both sides.
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import { Pool } from "undici";
import { serve } from "./serve.js";

const upstream = new Pool(process.env["UPSTREAM_URL"] ?? "");

serve(
  "rest-proxy",
  createServer(async (request, response) => {
    const { status, body } = await readParticipant(
      await readJson(request),
      request.headers.authorization ?? "",
    );
    const text = JSON.stringify(body);
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    });
    response.end(text);
  }),
);

/** @param {import("node:http").IncomingMessage} request */
async function readJson(request) {
  request.setEncoding("utf8");
  let text = "";
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
}

/**
 * @param {import("../participants.js").Address} address
 * @param {string} authorization
 */
async function readParticipant({ workspaceId, conversationId, key, value }, authorization) {
  const conversation = `/workspaces/${workspaceId}/conversations/${conversationId}`;
  const path = `${conversation}/participants/${encodeURIComponent(key)}/${encodeURIComponent(value)}`;
  const { statusCode, body } = await upstream.request({ method: "GET", path, headers: { authorization } });
  return { status: statusCode, body: await body.json() };
}
