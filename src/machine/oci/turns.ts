import { setImmediate } from "node:timers/promises";

// Long enough to be worth it, short enough that nobody waits for an answer.
const TURN_MS = 10;

/** Files up to this many bytes are read and written at one go. */
export const SMALL_FILE = 1024 * 1024;

/**
 * Shares this process with its other work. For thousands of small files synchronous calls cost a fifth of asynchronous
 * ones; a loop that makes them calls `next` each time round, which now and then lets everything else run.
 */
export class Turns {
  #since = performance.now();

  async next(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
