// What the transport knows about each workspace, so that one tenant's trouble is not another's.
import { LRUCache } from "lru-cache";
import * as events from "../observability/events.ts";
import { Circuit } from "./circuit.ts";
import { RetryShare } from "./retry-share.ts";

/** Callers choose the workspace's id, so the number of workspaces must be bounded. */
const MAX_WORKSPACES = 10_000;

export type Workspace = { circuit: Circuit; retries: RetryShare };

export class Workspaces {
  readonly #known = new LRUCache<string, Workspace>({ max: MAX_WORKSPACES });

  /** What is known of a workspace, from its first call on. */
  of(workspaceId: string): Workspace {
    const known = this.#known.get(workspaceId);
    if (known !== undefined) return known;
    const circuit = new Circuit((state) => {
      events.breakerChanged({ workspaceId, state });
    });
    const workspace = { circuit, retries: new RetryShare() };
    this.#known.set(workspaceId, workspace);
    return workspace;
  }
}
