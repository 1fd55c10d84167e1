import { LEASE_MARGIN_MS } from "../lease.ts";

/** A caller from whom nothing was heard for so long is dead: its worker undoes what is under way and ends. */
export const CALLER_SILENCE_MS = 20_000;

/** No work takes longer; a worker that is forgotten ends by itself. */
export const WORKER_LIFETIME_MS = 6 * 3_600_000;

/** What a worker knows when it looks into its letterbox. */
export interface WorkerLook {
  readonly ended: boolean;
  /** Since the caller last looked. */
  readonly callerSilentMs: number;
  /** For how long the lease of the call that changes something stands; undefined: it is lost. */
  readonly leaseMs: number | undefined;
}

/** Why the worker has to end, with a word for its log; `undefined`: it goes on. */
export function whyEnd({ ended, callerSilentMs }: WorkerLook, livedMs: number): string | undefined {
  if (ended) return "the deployment has ended it";
  if (callerSilentMs > CALLER_SILENCE_MS) {
    return `nothing was heard of the deployment for ${Math.round(callerSilentMs / 1000)} s`;
  }
  return livedMs > WORKER_LIFETIME_MS ? "it has worked for six hours" : undefined;
}

/** May what was begun under a lease go on? It ends while the lease still stands, because ending takes time. */
export function mayGoOn({ leaseMs }: Pick<WorkerLook, "leaseMs">): boolean {
  return leaseMs !== undefined && leaseMs > LEASE_MARGIN_MS;
}
