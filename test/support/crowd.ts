// Conversations of any size for the sandbox.
import type { SandboxConversation } from "../../src/sandbox/sandbox.ts";
import { workspaceId } from "./bird.ts";

export const crowdId = "0f5f0a3e-6f0c-4a3e-9d57-0d9f7b6c1a11";

/** The address of the nth participant of the crowd. */
export const member = (index: number) => ({
  workspaceId,
  conversationId: crowdId,
  key: "emailaddress",
  value: `member-${index}@example.com`,
});

/** A conversation of so many people. */
export function crowd(size: number, conversationId = crowdId): SandboxConversation {
  const participants = Array.from({ length: size }, (_, index) => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
    type: "contact",
    status: "active",
    displayName: `Member ${index}`,
    contact: { identifierKey: "emailaddress", identifierValue: member(index).value },
  }));
  return { workspaceId, conversationId, participants };
}
