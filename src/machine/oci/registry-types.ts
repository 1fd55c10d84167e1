import type { Secret } from "../../core/secret.ts";

export interface RegistryCredentials {
  readonly username: string;
  readonly password: Secret;
}

export interface RegistryOptions {
  readonly credentials?: RegistryCredentials;
  readonly signal?: AbortSignal;
  /** Milliseconds without an answer or without progress; 30 000 unless said. */
  readonly idleMs?: number;
  /** Attempts after the first one for what may pass by itself; 3 unless said. */
  readonly retries?: number;
  /** Milliseconds before the second attempt, doubled for each further one; 500 unless said. */
  readonly retryAfterMs?: number;
}
