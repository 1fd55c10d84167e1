/** Without a renewal for so long a holder counts as dead, and anybody may take its lease over. */
export const LEASE_LIFETIME_SECONDS = 20;

/** A holder renews so often; three missed renewals still leave it time. */
export const LEASE_HEARTBEAT_MS = 5000;

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
