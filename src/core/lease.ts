/** Without a renewal for so long a holder counts as dead, and anybody may take its lease over. */
export const LEASE_LIFETIME_SECONDS = 20;

/** A holder renews so often, so that whoever wants its lease sees within two seconds that it lives. */
export const LEASE_HEARTBEAT_MS = 500;

/** So long before its end a holder stops relying on a lease that it could not renew: what it has begun takes time to end. */
export const LEASE_MARGIN_MS = 5000;

/** The part of a held lease that tells whether its holder lives. */
export interface Pulse {
  readonly fence: number;
  /** Database time, RFC 3339, UTC. */
  readonly renewedAt: string;
}

/**
 * Two looks at a held lease, some time apart: renewed in between means a live holder. A holder that is `silent` may be
 * dead; its lease falls free when it expires.
 */
export function holderIs(first: Pulse, later: Pulse): "alive" | "silent" {
  return later.fence !== first.fence || later.renewedAt !== first.renewedAt ? "alive" : "silent";
}

/**
 * Milliseconds for which a lease that was last renewed so long ago may still be relied on; not positive: no more. A
 * negative time means that this machine's clock was set back: then only the database knows.
 */
export function reliableForMs(sinceRenewalMs: number): number {
  if (sinceRenewalMs < 0) return 0;
  return LEASE_LIFETIME_SECONDS * 1000 - LEASE_MARGIN_MS - sinceRenewalMs;
}
