// What the transport knows about each workspace, so that one tenant's trouble is not another's.
import { LRUCache } from "lru-cache";
import { createBreaker, type Breaker } from "./circuit.ts";
import { createBudgets, type Budget, type Quotas } from "./limiter/budget.ts";
import { RetryBudget } from "./retry-share.ts";

/** Callers choose the workspace's id, so the number of workspaces must be bounded. */
const MAX_WORKSPACES = 10_000;

export type Workspace = { breaker: Breaker; retries: RetryBudget; budget: Budget };

/** @returns what is known of a workspace, from its first call on */
export function createWorkspaces(quotas: Quotas): (workspaceId: string) => Workspace {
  const budgetOf = createBudgets(quotas);
  const workspaces = new LRUCache<string, Workspace>({ max: MAX_WORKSPACES });
  return (workspaceId) => {
    const known = workspaces.get(workspaceId);
    if (known !== undefined) return known;
    const workspace = {
      breaker: createBreaker(workspaceId),
      retries: new RetryBudget(),
      budget: budgetOf(workspaceId),
    };
    workspaces.set(workspaceId, workspace);
    return workspace;
  };
}
