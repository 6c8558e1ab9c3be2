// Everything the sandbox knows: workspaces, their conversations, and what is left of their quota.

import { createConversation } from "./conversation.ts";
import type { Conversation, SandboxConversation } from "./conversation.ts";
import { createQuota } from "./quota.ts";
import type { Quota, QuotaLimits } from "./quota.ts";

/** One workspace. */
export type Workspace = {
  readonly quota: Quota;
  readonly conversation: (id: string) => Conversation | null;
};

/** Finds a workspace by its ID. */
export type Workspaces = (id: string) => Workspace | null;

/** Builds all workspaces. Throws when a conversation is given twice. */
export function createWorkspaces(given: readonly SandboxConversation[], limits: QuotaLimits): Workspaces {
  const workspaces = new Map<string, { quota: Quota; conversations: Map<string, Conversation> }>();
  for (const conversation of given) {
    // UUIDs: the same one in whichever case it is written.
    const workspaceId = conversation.workspaceId.toLowerCase();
    const conversationId = conversation.conversationId.toLowerCase();
    const workspace = workspaces.get(workspaceId) ?? { quota: createQuota(limits), conversations: new Map() };
    if (workspace.conversations.has(conversationId)) {
      throw new Error(`Conversation ${conversationId} is given twice.`);
    }
    workspace.conversations.set(conversationId, createConversation(conversation));
    workspaces.set(workspaceId, workspace);
  }
  return (id) => {
    const workspace = workspaces.get(id.toLowerCase());
    if (workspace === undefined) return null;
    const { quota, conversations } = workspace;
    return {
      quota,
      conversation: (conversationId) => conversations.get(conversationId.toLowerCase()) ?? null,
    };
  };
}
