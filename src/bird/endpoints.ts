// The endpoints of the Bird API that this gateway calls, one row each.
import type { UpstreamRequest } from "../transport/call.ts";
import type { ConversationIds, ParticipantAddress, ParticipantIdAddress } from "./address.ts";

/** A row: an endpoint's name, method, effect and path. `path` encodes each value as one path segment. */
export type Endpoint<Target> = {
  /** The name in Bird's documents, in camel case. */
  name: string;
  method: UpstreamRequest["method"];
  effect: UpstreamRequest["effect"];
  /** The path with parameter names instead of values, for logs, metrics and spans. */
  pathTemplate: string;
  path: (target: Target) => string;
  /** Whether a timeout is retried; false where there is a fallback that needs the time. True by default. */
  retriesTimeouts?: boolean;
};

/** The largest page that Bird allows. */
const PAGE_SIZE = 100;

const listTemplate = "/workspaces/{workspaceId}/conversations/{conversationId}/participants";
const identifierTemplate = `${listTemplate}/{identifierKey}/{identifierValue}`;
const idTemplate = `${listTemplate}/{participantId}`;

/** "Get participant by identifier key and value", docs.bird.com */
export const getParticipant: Endpoint<ParticipantAddress> = {
  name: "getParticipant",
  method: "GET",
  effect: "read",
  pathTemplate: identifierTemplate,
  path: identifierPath,
};

/** "Update participant by identifier key and value", docs.bird.com */
export const updateParticipant: Endpoint<ParticipantAddress> = {
  name: "updateParticipant",
  method: "PATCH",
  effect: "write",
  pathTemplate: identifierTemplate,
  path: identifierPath,
};

/** "Get participant by ID", docs.bird.com */
export const getParticipantById: Endpoint<ParticipantIdAddress> = {
  name: "getParticipantById",
  method: "GET",
  effect: "read",
  pathTemplate: idTemplate,
  path: (address) => `${listPath(address)}/${encodeURIComponent(address.id)}`,
};

/** "List participants", docs.bird.com. Without a token it is the first page. */
export const listParticipants: Endpoint<ConversationIds & { pageToken: string | null }> = {
  name: "listParticipants",
  method: "GET",
  effect: "read",
  pathTemplate: listTemplate,
  // Single reads are the fallback.
  retriesTimeouts: false,
  path: ({ pageToken, ...conversation }) => {
    const token = pageToken === null ? "" : `&pageToken=${encodeURIComponent(pageToken)}`;
    return `${listPath(conversation)}?limit=${PAGE_SIZE}${token}`;
  },
};

function identifierPath(address: ParticipantAddress): string {
  return `${listPath(address)}/${encodeURIComponent(address.key)}/${encodeURIComponent(address.value)}`;
}

function listPath({ workspaceId, conversationId }: ConversationIds): string {
  return `/workspaces/${workspaceId}/conversations/${conversationId}/participants`;
}
