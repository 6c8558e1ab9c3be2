// Handles signals from the start of the process on. Before the gateway is ready, a signal ends the start or is kept.

type StopListener = (signal: NodeJS.Signals) => void;

export class Signals {
  #onStop: StopListener | null = null;
  #onReload: (() => void) | null = null;
  #isStopping = false;
  #isReloadWanted = false;

  constructor() {
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
    if (this.#onReload === null) this.#isReloadWanted = true;
    else this.#onReload();
  };
}
