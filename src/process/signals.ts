// The signals of the process, from its first moment on. Until somebody listens they are remembered, or end the start.

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

  /** The gateway serves: from now on it stops and reloads as it is told. What it was told before happens now. */
  listen(onStop: StopListener, onReload: () => void): void {
    this.#onStop = onStop;
    this.#onReload = onReload;
    if (this.#isReloadWanted) onReload();
  }

  /** Ctrl-C under npm arrives twice, from the terminal and from npm: only the first may count, or the drain is cut off. */
  readonly #stop = (signal: NodeJS.Signals): void => {
    if (this.#isStopping) return;
    this.#isStopping = true;
    // There is nothing to finish while the gateway starts.
    if (this.#onStop === null) process.exit(0);
    this.#onStop(signal);
  };

  readonly #reload = (): void => {
    if (this.#onReload === null) this.#isReloadWanted = true;
    else this.#onReload();
  };
}
