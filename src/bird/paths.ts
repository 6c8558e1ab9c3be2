// The paths of the Bird API. Each part of an address becomes exactly one path segment.
import type { ParticipantAddress } from "./address.ts";

/** The path with names in place of values: what logs, metrics and spans may hold. */
export const participantRoute =
  "/workspaces/{workspaceId}/conversations/{conversationId}/participants/{identifierKey}/{identifierValue}";

/** "Get/Update participant by identifier key and value", docs.bird.com */
export function participantPath(address: ParticipantAddress): string {
  const { workspaceId, conversationId, key, value } = address;
  const conversation = `/workspaces/${workspaceId}/conversations/${conversationId}`;
  return `${conversation}/participants/${encodeURIComponent(key)}/${encodeURIComponent(value)}`;
}
