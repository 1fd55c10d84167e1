/** A call that a worker is about to answer. */
export class UnderWay {
  /** Of the lease under which it changes something; null: it changes nothing. */
  readonly fence: number | null;
  readonly stop = new AbortController();
  #heard: () => void = () => undefined;

  constructor(fence: number | null) {
    this.fence = fence;
  }

  /** The deployment has heard what is about to be kept. */
  heard(): void {
    this.#heard();
  }

  /** Says it and waits until it was heard. Throws the reason of a stop that comes first. */
  async untilHeard(say: () => void): Promise<void> {
    const { signal } = this.stop;
    signal.throwIfAborted();
    const heard = Promise.withResolvers<void>();
    const onStop = (): void => heard.reject(signal.reason);
    signal.addEventListener("abort", onStop, { once: true });
    this.#heard = heard.resolve;
    say();
    try {
      await heard.promise;
    } finally {
      signal.removeEventListener("abort", onStop);
    }
  }
}
