// Circuits and retry shares: a workspace's for its accepted keys, and one of its own for each stranger there.
import { LRUCache } from "lru-cache";
import * as events from "../observability/events.ts";
import { Circuit } from "./circuit.ts";
import type { Credentials } from "./limiter/credentials.ts";
import { RetryShare, type Retries } from "./retry-share.ts";
import type { Holder, Strangers } from "./strangers.ts";

/** Only a call with a key that Bird has accepted there creates one. */
const MAX_WORKSPACES = 10_000;

export type Workspace = { readonly circuit: Circuit; readonly retries: Retries };

export class Workspaces {
  readonly #known = new LRUCache<string, Workspace>({ max: MAX_WORKSPACES });
  readonly #credentials: Pick<Credentials, "isAccepted">;
  readonly #strangers: Strangers;

  constructor(credentials: Pick<Credentials, "isAccepted">, strangers: Strangers) {
    this.#credentials = credentials;
    this.#strangers = strangers;
  }

  /** What counts for the calls of a credential in a workspace, from the first one on. */
  of(holder: Holder): Workspace {
    return this.#credentials.isAccepted(holder)
      ? this.#ofTenant(holder.workspaceId)
      : this.#strangers.of(holder);
  }

  #ofTenant(workspaceId: string): Workspace {
    const known = this.#known.get(workspaceId);
    if (known !== undefined) return known;
    const circuit = new Circuit((state) => {
      events.circuitChanged({ workspaceId, state });
    });
    const workspace = { circuit, retries: new RetryShare() };
    this.#known.set(workspaceId, workspace);
    return workspace;
  }
}
