// Requests to a sandbox with raw request targets, which a URL parser would change.
import { Agent, request, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";
import type { Sandbox, SandboxConversation } from "../../../src/sandbox/sandbox.ts";

export const workspace = "/workspaces/a1405560-c8d3-4b1a-877d-3f449ad95352";
export const firstConversation = `${workspace}/conversations/02ec2ac2-ebec-42d3-a5f4-e6f3a9edf418`;
export const secondConversation = `${workspace}/conversations/c9c60caa-eaf5-4628-9687-91de4d452bfa`;
export const john = `${firstConversation}/participants/emailaddress/john.doe@bird.com`;
export const pendingJohn = `${secondConversation}/participants/emailaddress/john.doe@bird.com`;

export type Call = {
  method?: string;
  key?: string | null;
  headers?: Record<string, string>;
  body?: string;
};

export type Seen = { status: number; headers: IncomingHttpHeaders; text: string };

const agent = new Agent({ keepAlive: true });

/** Sends one request with the target exactly as given; rejects when there is no answer. */
export function call(sandbox: Sandbox, path: string, options: Call = {}): Promise<Seen> {
  const { method = "GET", key = "sandbox", headers = {}, body } = options;
  const { hostname, port } = new URL(sandbox.url);
  return new Promise((resolve, reject) => {
    const outgoing = request({
      agent,
      hostname,
      port,
      path,
      method,
      headers: { ...(key !== null && { authorization: `AccessKey ${key}` }), ...headers },
    });
    outgoing.on("error", reject);
    outgoing.on("response", (response) => {
      text(response).then((read) => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: read });
      }, reject);
    });
    outgoing.end(body);
  });
}

/** A PATCH with this JSON value as the body. */
export function patch(sandbox: Sandbox, path: string, value: unknown, options: Call = {}): Promise<Seen> {
  const headers = { "content-type": "application/json", ...options.headers };
  return call(sandbox, path, { ...options, method: "PATCH", headers, body: JSON.stringify(value) });
}

/** The body as JSON. */
export function body(seen: Seen): unknown {
  const value: unknown = JSON.parse(seen.text);
  return value;
}

/** The path of a participant by identifier, encoded as a careful caller does. */
export function pathOf(conversation: string, key: string, value: string): string {
  return `${conversation}/participants/${encodeURIComponent(key)}/${encodeURIComponent(value)}`;
}

/** A conversation of the example workspace with these identifiers, and its path. */
export function conversationOf(identifiers: readonly (readonly [key: string, value: string])[]) {
  const conversationId = "7adfb702-e1d8-4431-a11c-293fd4dc339d";
  const conversation: SandboxConversation = {
    workspaceId: "a1405560-c8d3-4b1a-877d-3f449ad95352",
    conversationId,
    participants: identifiers.map(([identifierKey, identifierValue], index) => ({
      id: `id-${index}`,
      type: "contact",
      contact: { identifierKey, identifierValue },
    })),
  };
  return { conversation, path: `${workspace}/conversations/${conversationId}` };
}
