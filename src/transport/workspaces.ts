// What the transport knows about each workspace, so that one tenant's trouble is not another's.
import { LRUCache } from "lru-cache";
import { createBreaker, type Breaker } from "./breaker.ts";
import { RetryBudget } from "./retry-budget.ts";

/** Callers choose the workspace's id, so the number of workspaces must be bounded. */
const MAX_WORKSPACES = 10_000;

export type Workspace = { breaker: Breaker; retries: RetryBudget };

/** @returns what is known of a workspace, from its first call on */
export function createWorkspaces(): (workspaceId: string) => Workspace {
  const workspaces = new LRUCache<string, Workspace>({ max: MAX_WORKSPACES });
  return (workspaceId) => {
    const known = workspaces.get(workspaceId);
    if (known !== undefined) return known;
    const workspace = { breaker: createBreaker(workspaceId), retries: new RetryBudget() };
    workspaces.set(workspaceId, workspace);
    return workspace;
  };
}
