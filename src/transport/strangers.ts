// The state of strangers: one entry for each key in each workspace, bounded in number and size.
import { LRUCache } from "lru-cache";
import * as events from "../observability/events.ts";
import type { UpstreamRequest } from "./call.ts";
import { Circuit, type CircuitState } from "./circuit.ts";
import type { Pause } from "./limiter/pause.ts";
import { StrangersRetries } from "./retry-share.ts";

/**
 * Strangers choose keys and workspaces freely, so the number is bounded. Accepted keys are stored elsewhere, so strangers
 * cannot evict them. An entry takes less than 1 kB: see test/unit/transport/strangers.alone.test.ts.
 */
const MAX_STRANGERS = 10_000;

/** A credential in a workspace. */
export type Holder = Pick<UpstreamRequest, "workspaceId" | "credentialId">;

/** One key in one workspace that Bird has not accepted there. */
export class Stranger {
  /** How often Bird has answered 401 in a row. */
  unauthorizedInARow = 0;
  /** Until when nothing is sent, in the time of `performance.now()`. */
  restsUntil = 0;
  /** The pause after a 429 to this key; null when there was none. */
  pause: Pause | null = null;
  #circuit: Circuit | null = null;
  #retries: StrangersRetries | null = null;

  get circuit(): Circuit {
    this.#circuit ??= new Circuit(tellChange);
    return this.#circuit;
  }

  get retries(): StrangersRetries {
    this.#retries ??= new StrangersRetries();
    return this.#retries;
  }
}

export class Strangers {
  readonly #known = new LRUCache<string, Stranger>({ max: MAX_STRANGERS });

  /** The entry of a stranger, created on first use. */
  of(holder: Holder): Stranger {
    const known = this.find(holder);
    if (known !== undefined) return known;
    const stranger = new Stranger();
    this.#known.set(nameOf(holder), stranger);
    return stranger;
  }

  /** The entry of a stranger, if there is one. */
  find(holder: Holder): Stranger | undefined {
    return this.#known.size === 0 ? undefined : this.#known.get(nameOf(holder));
  }

  forget(holder: Holder): void {
    if (this.#known.size > 0) this.#known.delete(nameOf(holder));
  }
}

/** The name of a credential in a workspace, as a key of maps. Neither id contains a space. */
export function nameOf({ workspaceId, credentialId }: Holder): string {
  return `${workspaceId} ${credentialId}`;
}

/** One function for all strangers: a closure for each would take 100 bytes. */
function tellChange(state: CircuitState): void {
  events.strangersCircuitChanged({ state });
}
