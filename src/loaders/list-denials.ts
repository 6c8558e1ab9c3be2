// Which conversations are not worth listing for a while, because the list was refused.
import { LRUCache } from "lru-cache";
import type { ReadFailure } from "../bird/failures.ts";

const REMEMBERED_MS = 60_000;
const MAX_REMEMBERED = 10_000;

type Place = { workspaceId: string; conversationId: string };

export interface ListRefusals {
  /** Whether a list for this credential and conversation is known to be refused. */
  isRefused(credentialId: string, place: Place): boolean;
  /** Remembers a failure that will be the same in a moment: of the key in its workspace, or of the conversation. */
  note(credentialId: string, place: Place, failure: ReadFailure): void;
}

export function createListRefusals(): ListRefusals {
  const refused = new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });
  const ofKey = (credentialId: string, { workspaceId }: Place) => JSON.stringify([credentialId, workspaceId]);
  const ofConversation = (credentialId: string, { workspaceId, conversationId }: Place) =>
    JSON.stringify([credentialId, workspaceId, conversationId]);
  return {
    isRefused: (credentialId, place) =>
      refused.has(ofKey(credentialId, place)) || refused.has(ofConversation(credentialId, place)),
    note: (credentialId, place, failure) => {
      if (failure.kind === "accessDenied" && failure.reason === "FORBIDDEN") {
        refused.set(ofKey(credentialId, place), true);
      } else if (isLasting(failure)) refused.set(ofConversation(credentialId, place), true);
    },
  };
}

/** What answered has no such list: 404, 405, 400, or something that is none. */
function isLasting(failure: ReadFailure): boolean {
  const isNoList = failure.kind === "upstream" && failure.reason === "BAD_RESPONSE";
  return failure.kind === "notFound" || failure.kind === "validation" || isNoList;
}
