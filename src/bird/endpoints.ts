// The paths of the Bird API. Each part of an address becomes exactly one path segment.
import type { ParticipantAddress, ParticipantIdAddress } from "./address.ts";

type Place = { workspaceId: string; conversationId: string };

/** Paths with names in place of values: what logs, metrics and spans may hold. */
export const participantsRoute = "/workspaces/{workspaceId}/conversations/{conversationId}/participants";
export const participantIdRoute = `${participantsRoute}/{participantId}`;
export const participantRoute = `${participantsRoute}/{identifierKey}/{identifierValue}`;

/** The largest page there is. */
const PAGE_SIZE = 100;

/** "Get/Update participant by identifier key and value", docs.bird.com */
export function participantPath(address: ParticipantAddress): string {
  const { key, value } = address;
  return `${participants(address)}/${encodeURIComponent(key)}/${encodeURIComponent(value)}`;
}

/** "Get/Update participant by ID", docs.bird.com */
export function participantIdPath(address: ParticipantIdAddress): string {
  return `${participants(address)}/${encodeURIComponent(address.id)}`;
}

/** "List participants", docs.bird.com */
export function participantsPath(place: Place, pageToken: string | null): string {
  const token = pageToken === null ? "" : `&pageToken=${encodeURIComponent(pageToken)}`;
  return `${participants(place)}?limit=${PAGE_SIZE}${token}`;
}

function participants({ workspaceId, conversationId }: Place): string {
  return `/workspaces/${workspaceId}/conversations/${conversationId}/participants`;
}
