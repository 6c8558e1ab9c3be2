// Knows of each credential in each workspace whether Bird has accepted it, and for how long a stranger's calls are paused.
import { LRUCache } from "lru-cache";
import { nameOf, type Holder, type Strangers } from "../strangers.ts";
import { Pause } from "./pause.ts";

/** The largest number of accepted credentials in memory, all workspaces together. */
const MAX_ACCEPTED = 100_000;
/** After so many 401 in a row a credential rests in the workspace. */
const MAX_UNAUTHORIZED_IN_A_ROW = 10;
/** Milliseconds for which it rests. */
const UNAUTHORIZED_REST_MS = 1000;

export type CredentialsOptions = {
  /** Whether the gateway holds the keys itself: then all of them are accepted from the start. */
  areHeld: boolean;
  strangers: Strangers;
};

export class Credentials {
  readonly #areHeld: boolean;
  readonly #strangers: Strangers;
  readonly #accepted = new LRUCache<string, true>({ max: MAX_ACCEPTED });
  readonly #onAccept: ((holder: Holder) => void)[] = [];

  constructor({ areHeld, strangers }: CredentialsOptions) {
    this.#areHeld = areHeld;
    this.#strangers = strangers;
  }

  isAccepted(holder: Holder): boolean {
    // `get`, unlike `has`, counts as a use: the keys that are in use must be evicted last.
    return this.#areHeld || this.#accepted.get(nameOf(holder)) === true;
  }

  /** Calls the listener with each credential that Bird accepts from now on and that was a stranger. */
  onAccept(listener: (holder: Holder) => void): void {
    this.#onAccept.push(listener);
  }

  /** Milliseconds for which nothing is sent with this credential, because Bird answered 401 ten times in a row; else 0. */
  restMs(holder: Holder, now: number): number {
    return Math.max(0, (this.#strangers.find(holder)?.restsUntil ?? 0) - now);
  }

  /** The pause of a stranger that Bird answered 429; null when there is none or it is over. */
  pauseOf(holder: Holder, now: number): Pause | null {
    const pause = this.#strangers.find(holder)?.pause ?? null;
    return pause === null || pause.isOver(now) ? null : pause;
  }

  /**
   * The pause to begin because Bird answered a stranger 429.
   *
   * @param perSecond the rate to which its calls return after the pause
   */
  pauseToBegin(holder: Holder, perSecond: number): Pause {
    const stranger = this.#strangers.of(holder);
    stranger.pause ??= new Pause(perSecond);
    return stranger.pause;
  }

  /** Learns from the status of a response. Only a 2xx makes a key accepted: any other status may come from a proxy. */
  learn(holder: Holder, status: number, now: number): void {
    if (status === 401) this.#learnUnauthorized(holder, now);
    else if (status >= 200 && status <= 299) this.#accept(holder);
    else {
      const stranger = this.#strangers.find(holder);
      if (stranger !== undefined) stranger.unauthorizedInARow = 0;
    }
  }

  #accept(holder: Holder): void {
    this.#strangers.forget(holder);
    if (this.isAccepted(holder)) return;
    this.#accepted.set(nameOf(holder), true);
    for (const listener of this.#onAccept) listener(holder);
  }

  #learnUnauthorized(holder: Holder, now: number): void {
    this.#accepted.delete(nameOf(holder));
    const stranger = this.#strangers.of(holder);
    stranger.unauthorizedInARow += 1;
    if (stranger.unauthorizedInARow >= MAX_UNAUTHORIZED_IN_A_ROW)
      stranger.restsUntil = now + UNAUTHORIZED_REST_MS;
  }
}
