interface Running<V> {
  readonly promise: Promise<V>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * Work that several callers may want at once: it runs once for all of them, a success is kept, a failure is not.
 * When the last caller gives up (its signal aborts), the work's own signal aborts.
 */
export class SharedWork<V> {
  readonly #running = new Map<string, Running<V>>();
  readonly #done = new Map<string, V>();

  async run(key: string, signal: AbortSignal, task: (signal: AbortSignal) => Promise<V>): Promise<V> {
    signal.throwIfAborted();
    const done = this.#done.get(key);
    if (done !== undefined) return done;

    const running = this.#running.get(key) ?? this.#begin(key, task);
    return await this.#wait(key, running, signal);
  }

  /** Keeps a success that came about elsewhere. */
  know(key: string, value: V): void {
    this.#done.set(key, value);
  }

  /** Forgets a kept success, so that the work runs again when asked for. */
  drop(key: string): void {
    this.#done.delete(key);
  }

  #begin(key: string, task: (signal: AbortSignal) => Promise<V>): Running<V> {
    const controller = new AbortController();
    const promise = task(controller.signal).then(
      (value) => {
        this.#forget(key, running);
        this.#done.set(key, value);
        return value;
      },
      (error: unknown) => {
        this.#forget(key, running);
        throw error;
      },
    );
    const running: Running<V> = { promise, controller, waiting: 0 };
    this.#running.set(key, running);
    return running;
  }

  async #wait(key: string, running: Running<V>, signal: AbortSignal): Promise<V> {
    running.waiting += 1;
    const givenUp = Promise.withResolvers<never>();
    const giveUp = () => givenUp.reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    try {
      return await Promise.race([running.promise, givenUp.promise]);
    } finally {
      signal.removeEventListener("abort", giveUp);
      running.waiting -= 1;
      if (running.waiting === 0 && signal.aborted) {
        // A caller that comes now must not join work that is being cancelled.
        this.#forget(key, running);
        running.promise.catch(() => {});
        running.controller.abort(signal.reason);
      }
    }
  }

  #forget(key: string, running: Running<V>): void {
    if (this.#running.get(key) === running) this.#running.delete(key);
  }
}
