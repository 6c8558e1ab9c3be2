// All that the sandbox knows: workspaces, their conversations, and what is left of their quota.
import { Conversation, type SandboxConversation } from "./conversation.ts";
import { Quota, type QuotaLimits } from "./quota.ts";

/** One workspace. Its ids are UUIDs, so they match in any case (RFC 9562, section 4). */
export class Workspace {
  readonly quota: Quota;
  readonly #conversations = new Map<string, Conversation>();

  constructor(limits: QuotaLimits) {
    this.quota = new Quota(limits);
  }

  /** @throws Error when the conversation is already there, or two of its participants share an address */
  add(conversation: SandboxConversation): void {
    const id = conversation.conversationId.toLowerCase();
    if (this.#conversations.has(id)) throw new Error(`Conversation ${id} is given twice.`);
    this.#conversations.set(id, new Conversation(conversation));
  }

  find(conversationId: string): Conversation | null {
    return this.#conversations.get(conversationId.toLowerCase()) ?? null;
  }
}

/** The workspaces of one sandbox. */
export class Workspaces {
  readonly #workspaces = new Map<string, Workspace>();

  /** @throws Error when a conversation is given twice, or two of its participants share an address */
  constructor(conversations: readonly SandboxConversation[], limits: QuotaLimits) {
    for (const conversation of conversations) {
      const id = conversation.workspaceId.toLowerCase();
      const workspace = this.#workspaces.get(id) ?? new Workspace(limits);
      this.#workspaces.set(id, workspace);
      workspace.add(conversation);
    }
  }

  find(workspaceId: string): Workspace | null {
    return this.#workspaces.get(workspaceId.toLowerCase()) ?? null;
  }
}
