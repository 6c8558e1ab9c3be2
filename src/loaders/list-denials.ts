// Remembers which lists Bird has denied lately, so that they are not requested again for a minute.
import { LRUCache } from "lru-cache";
import type { ConversationIds } from "../bird/address.ts";
import type { ReadFailure } from "../bird/failures.ts";

/** Milliseconds for which a denial is remembered. */
const REMEMBERED_MS = 60_000;
/** The largest number of denials in each of the two stores. */
const MAX_REMEMBERED = 10_000;

/** Whether Bird has accepted this credential in this workspace. */
export type IsAccepted = (holder: { credentialId: string; workspaceId: string }) => boolean;

/**
 * Denials of strangers have a store of their own: strangers choose keys, workspaces and conversations freely, and must not
 * evict the denials of accepted keys.
 */
export class ListDenials {
  readonly #isAccepted: IsAccepted;
  readonly #ofTenants = createStore();
  readonly #ofStrangers = createStore();

  constructor(isAccepted: IsAccepted) {
    this.#isAccepted = isAccepted;
  }

  /** Whether a list for this credential and conversation is known to be denied. */
  isDenied(credentialId: string, conversation: ConversationIds): boolean {
    const names = [ofCredential(credentialId, conversation), ofConversation(credentialId, conversation)];
    return names.some((name) => this.#ofTenants.has(name) || this.#ofStrangers.has(name));
  }

  /** Remembers a lasting failure, either of the key in its workspace or of the conversation. */
  note(credentialId: string, conversation: ConversationIds, failure: ReadFailure): void {
    const { workspaceId } = conversation;
    const denied = this.#isAccepted({ credentialId, workspaceId }) ? this.#ofTenants : this.#ofStrangers;
    if (failure.kind === "accessDenied" && failure.reason === "FORBIDDEN")
      denied.set(ofCredential(credentialId, conversation), true);
    else if (isLasting(failure)) denied.set(ofConversation(credentialId, conversation), true);
  }
}

function createStore(): LRUCache<string, true> {
  return new LRUCache<string, true>({ max: MAX_REMEMBERED, ttl: REMEMBERED_MS });
}

function ofCredential(credentialId: string, { workspaceId }: ConversationIds): string {
  return JSON.stringify([credentialId, workspaceId]);
}

function ofConversation(credentialId: string, { workspaceId, conversationId }: ConversationIds): string {
  return JSON.stringify([credentialId, workspaceId, conversationId]);
}

/**
 * Whether Bird does not offer this list: 404 or 405 with any body. Every other bad response, such as a proxy's error page or
 * truncated JSON, may be temporary.
 */
function isLasting(failure: ReadFailure): boolean {
  if (failure.kind === "notFound") return true;
  return failure.kind === "upstream" && (failure.status === 404 || failure.status === 405);
}
