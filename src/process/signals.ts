// Handles signals from the start of the process on. Before the gateway is ready, a signal ends the start or is kept.
import { isatty } from "node:tty";

type StopListener = (signal: NodeJS.Signals) => void;

export class Signals {
  #onStop: StopListener | null = null;
  #onReload: (() => void) | null = null;
  #isStopping = false;
  #isReloadWanted = false;
  readonly #countTerminals: () => number;
  readonly #terminals: number;

  /** @param countTerminals how many of the standard streams are a terminal that is still open */
  constructor(countTerminals = () => [0, 1, 2].filter((fd) => isatty(fd)).length) {
    this.#countTerminals = countTerminals;
    this.#terminals = countTerminals();
    process.on("SIGTERM", this.#stop);
    process.on("SIGINT", this.#stop);
    process.on("SIGHUP", this.#reload);
  }

  /** Sets the listeners, once the gateway is ready. A signal that was kept is handled now. */
  listen(onStop: StopListener, onReload: () => void): void {
    this.#onStop = onStop;
    this.#onReload = onReload;
    if (this.#isReloadWanted) onReload();
  }

  /** Only the first signal counts: Ctrl-C under npm arrives twice, and the second one would cut the drain off. */
  readonly #stop = (signal: NodeJS.Signals): void => {
    if (this.#isStopping) return;
    this.#isStopping = true;
    // While the gateway starts, there is nothing to finish.
    if (this.#onStop === null) process.exit(0);
    this.#onStop(signal);
  };

  readonly #reload = (): void => {
    // The system sends SIGHUP also when the terminal is closed: a gateway that was started there would keep its port.
    if (this.#countTerminals() < this.#terminals) this.#stop("SIGHUP");
    else if (this.#onReload === null) this.#isReloadWanted = true;
    else this.#onReload();
  };
}
