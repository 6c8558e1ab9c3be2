// Circuits and retry shares: a workspace's for its accepted keys, and one of its own for each stranger there.
import { LRUCache } from "lru-cache";
import * as events from "../observability/events.ts";
import { Circuit } from "./circuit.ts";
import type { Credentials, Holder } from "./limiter/credentials.ts";
import { RetryShare } from "./retry-share.ts";

/** Only keys that Bird has accepted there create one. */
const MAX_WORKSPACES = 10_000;
/** Callers choose keys and workspaces, so strangers are bounded apart from tenants: no stranger evicts a tenant's. */
const MAX_STRANGERS = 10_000;

export type Workspace = { circuit: Circuit; retries: RetryShare };

export class Workspaces {
  readonly #tenants = new LRUCache<string, Workspace>({ max: MAX_WORKSPACES });
  readonly #strangers = new LRUCache<string, Workspace>({ max: MAX_STRANGERS });
  readonly #credentials: Pick<Credentials, "isAccepted">;

  constructor(credentials: Pick<Credentials, "isAccepted">) {
    this.#credentials = credentials;
  }

  /** What counts for the calls of a credential in a workspace, from the first one on. */
  of(holder: Holder): Workspace {
    const { workspaceId, credentialId } = holder;
    if (this.#credentials.isAccepted(holder)) return find(this.#tenants, workspaceId, workspaceId);
    return find(this.#strangers, `${workspaceId} ${credentialId}`, workspaceId);
  }
}

function find(known: LRUCache<string, Workspace>, name: string, workspaceId: string): Workspace {
  const found = known.get(name);
  if (found !== undefined) return found;
  const circuit = new Circuit((state) => {
    events.breakerChanged({ workspaceId, state });
  });
  const workspace = { circuit, retries: new RetryShare() };
  known.set(name, workspace);
  return workspace;
}
