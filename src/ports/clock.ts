import type { Instant } from "../core/time.ts";

export interface Clock {
  now(): Instant;
  /** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
