// The circuits and retry shares: one of each for the accepted keys of a workspace, and one of each for every stranger there.
import { LRUCache } from "lru-cache";
import * as events from "../observability/events.ts";
import { Circuit } from "./circuit.ts";
import type { Credentials } from "./limiter/credentials.ts";
import { RetryShare, type Retries } from "./retry-share.ts";
import type { Holder, Strangers } from "./strangers.ts";

/** The largest number of workspaces in memory. Only a call with an accepted key adds one. */
const MAX_WORKSPACES = 10_000;

/** What the failures of calls decide. */
export type Workspace = { readonly circuit: Circuit; readonly retries: Retries };

export class Workspaces {
  readonly #known = new LRUCache<string, Workspace>({ max: MAX_WORKSPACES });
  readonly #credentials: Pick<Credentials, "isAccepted">;
  readonly #strangers: Strangers;

  constructor(credentials: Pick<Credentials, "isAccepted">, strangers: Strangers) {
    this.#credentials = credentials;
    this.#strangers = strangers;
  }

  /** The circuit and the retry share for the calls of a credential in a workspace, created on first use. */
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
