// A small abort signal. AbortController costs 6 to 11 % of the CPU of a request, measured with `npm run bench`.
import { timers } from "./timers.ts";

/** A signal to stop, sent once, with a reason. */
export class StopSignal<Reason extends string> {
  #reason: Reason | null = null;
  /** Created with the first listener, because most signals never have one. */
  #listeners: Set<(reason: Reason) => void> | undefined;

  /** Null until it is stopped. It is a method, because TypeScript would keep a property narrowed across an await. */
  reason(): Reason | null {
    return this.#reason;
  }

  /** Stops, and calls every listener. Only the first reason counts. */
  stop(reason: Reason): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    for (const listener of listeners ?? []) listener(reason);
  }

  /** Calls the listener when it is stopped; never when it already is. */
  listen(listener: (reason: Reason) => void): void {
    if (this.#reason === null) (this.#listeners ??= new Set()).add(listener);
  }

  /** Removes a listener. Does nothing when it is not registered. */
  unlisten(listener: (reason: Reason) => void): void {
    this.#listeners?.delete(listener);
  }
}

/** An object that ends: a signal or an operation. */
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
