// How waiting is ended: an abort signal reduced to what the gateway needs.
// The platform's AbortController with its events cost 6 to 11 % of the CPU of a request, measured with npm run bench.
import { timers } from "./timers.ts";

/** Something that can be told to stop, once, with a reason. */
export class StopSignal<Reason extends string> {
  #reason: Reason | null = null;
  /** Created with the first listener: most signals never get one. */
  #listeners: Set<(reason: Reason) => void> | undefined;

  /** Null while it goes on. A method, since a property's value would be believed to outlive an await. */
  reason(): Reason | null {
    return this.#reason;
  }

  /** Tells every listener; only the first reason counts. */
  stop(reason: Reason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener(reason);
  }

  /** Calls back when it is stopped; not at all when it already is. */
  listen(listener: (reason: Reason) => void): void {
    if (this.#reason === null) (this.#listeners ??= new Set()).add(listener);
  }

  unlisten(listener: (reason: Reason) => void): void {
    this.#listeners?.delete(listener);
  }
}

/** What can be waited on to end: a signal or an operation. */
type Endable = { listen: (listener: () => void) => void; unlisten: (listener: () => void) => void };

/** Waits for `ms` milliseconds, or until `until` ends. */
export function sleep(ms: number, until: Endable): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      timers.cancel(entry);
      until.unlisten(end);
      resolve();
    };
    const entry = timers.schedule(ms, end);
    until.listen(end);
  });
}
