import type { Clock } from "../../src/ports/clock.ts";

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** A clock that jumps to the next sleeper whenever everybody else has come to rest. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  readonly #sleepers = new Set<Sleeper>();
  #ticking = false;

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const sleeper = {
        until: this.#now + milliseconds,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener("abort", sleeper.wake, { once: true });
      this.#tick();
    });
  }

  // setImmediate comes after every promise that is ready: until then somebody may still be at work.
  #tick(): void {
    if (this.#ticking) return;
    this.#ticking = true;
    setImmediate(() => {
      this.#ticking = false;
      const [next] = [...this.#sleepers].sort((a, b) => a.until - b.until);
      if (next === undefined) return;
      this.#now = Math.max(this.#now, next.until);
      next.wake();
      if (this.#sleepers.size > 0) this.#tick();
    });
  }
}
