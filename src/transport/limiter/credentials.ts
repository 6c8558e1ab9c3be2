// What Bird has said to each credential in each workspace: it is accepted there, or a stranger that may have to rest.
import { LRUCache } from "lru-cache";
import type { UpstreamRequest } from "../call.ts";
import { Pause } from "./pause.ts";

const MAX_ACCEPTED = 100_000;
/** Callers choose keys and workspaces, so what is kept of strangers is bounded apart from what is kept of tenants. */
const MAX_STRANGERS = 10_000;
const MAX_UNAUTHORIZED_IN_A_ROW = 10;
const UNAUTHORIZED_REST_MS = 1000;

/** A credential in a workspace. */
export type Holder = Pick<UpstreamRequest, "workspaceId" | "credentialId">;

/** What is kept of a credential that Bird has answered 401 or, before it was accepted, 429. */
class RestingRecord {
  unauthorizedInARow = 0;
  restsUntil = -Infinity;
  pause: Pause | null = null;
}

export type CredentialsOptions = {
  /** The gateway holds the keys itself: all of them are accepted from the start. */
  areHeld: boolean;
};

export class Credentials {
  readonly #areHeld: boolean;
  readonly #accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED });
  readonly #records = new LRUCache<string, RestingRecord>({ max: MAX_STRANGERS });

  constructor({ areHeld }: CredentialsOptions) {
    this.#areHeld = areHeld;
  }

  isAccepted(holder: Holder): boolean {
    return this.#areHeld || this.#accepted.has(nameOf(holder));
  }

  /** Milliseconds for which nothing is sent with this credential, because Bird answered 401 ten times in a row. */
  restMs(holder: Holder, now: number): number {
    if (this.#records.size === 0) return 0;
    return Math.max(0, (this.#records.get(nameOf(holder))?.restsUntil ?? 0) - now);
  }

  /** The pause of a stranger whom Bird answered 429; null when there is none or it is over. */
  pauseOf(holder: Holder, now: number): Pause | null {
    const pause = this.#records.get(nameOf(holder))?.pause ?? null;
    return pause === null || pause.isOver(now) ? null : pause;
  }

  /**
   * The pause that begins because Bird answered a stranger 429.
   *
   * @param perSecond the rate to which its calls return
   */
  pauseToBegin(holder: Holder, perSecond: number): Pause {
    const record = this.#recordOf(holder);
    record.pause ??= new Pause(perSecond);
    return record.pause;
  }

  /**
   * Learns from the status of an answer. Only a 2xx accepts: anything else may come from something in front of Bird.
   *
   * @returns whether the credential has just been accepted
   */
  learn(holder: Holder, status: number, now: number): boolean {
    if (status === 401) this.#learnUnauthorized(holder, now);
    else if (status < 200 || status > 299) this.#endRow(holder);
    else return this.#accept(holder);
    return false;
  }

  #accept(holder: Holder): boolean {
    const name = nameOf(holder);
    if (this.#records.size > 0) this.#records.delete(name);
    if (this.#areHeld || this.#accepted.has(name)) return false;
    this.#accepted.set(name, true);
    return true;
  }

  #learnUnauthorized(holder: Holder, now: number): void {
    this.#accepted.delete(nameOf(holder));
    const record = this.#recordOf(holder);
    record.unauthorizedInARow += 1;
    if (record.unauthorizedInARow >= MAX_UNAUTHORIZED_IN_A_ROW)
      record.restsUntil = now + UNAUTHORIZED_REST_MS;
  }

  #endRow(holder: Holder): void {
    const record = this.#records.get(nameOf(holder));
    if (record !== undefined) record.unauthorizedInARow = 0;
  }

  #recordOf(holder: Holder): RestingRecord {
    const name = nameOf(holder);
    const known = this.#records.get(name);
    if (known !== undefined) return known;
    const record = new RestingRecord();
    this.#records.set(name, record);
    return record;
  }
}

function nameOf({ workspaceId, credentialId }: Holder): string {
  return `${workspaceId} ${credentialId}`;
}
