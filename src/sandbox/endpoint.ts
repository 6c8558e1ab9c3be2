// Which endpoint a raw request target names.
import type { ParticipantAddress } from "./conversation.ts";

/** An endpoint of the API, or why there is none. */
export type Endpoint =
  | { readonly kind: "malformed" }
  | { readonly kind: "unknown" }
  | ({ readonly kind: "participants"; readonly query: URLSearchParams } & ConversationIds)
  | ({ readonly kind: "participant"; readonly address: ParticipantAddress } & ConversationIds);

type ConversationIds = { readonly workspaceId: string; readonly conversationId: string };

/**
 * Splits the raw path and decodes each segment once. A URL parser would resolve `..`, and would not show that a caller
 * forgot to encode an identifier.
 */
export function toEndpoint(target: string): Endpoint {
  const queryStart = target.indexOf("?");
  const path = queryStart === -1 ? target : target.slice(0, queryStart);
  const segments = decodeSegments(path);
  if (segments === null) return { kind: "malformed" };
  const [before, workspaces, workspaceId, conversations, conversationId, participants, ...rest] = segments;
  const isKnown =
    before === "" &&
    workspaces === "workspaces" &&
    conversations === "conversations" &&
    participants === "participants" &&
    !rest.includes("");
  if (!isKnown || workspaceId === undefined || conversationId === undefined) return { kind: "unknown" };
  const ids = { workspaceId, conversationId };
  if (rest.length === 0) {
    const query = new URLSearchParams(queryStart === -1 ? "" : target.slice(queryStart));
    return { kind: "participants", query, ...ids };
  }
  const address = toAddress(rest);
  return address === null ? { kind: "unknown" } : { kind: "participant", address, ...ids };
}

function toAddress([first, second, ...others]: readonly string[]): ParticipantAddress | null {
  if (first === undefined || others.length > 0) return null;
  return second === undefined ? { kind: "id", id: first } : { kind: "identifier", key: first, value: second };
}

function decodeSegments(path: string): string[] | null {
  try {
    return path.split("/").map(decodeURIComponent);
  } catch {
    return null;
  }
}
