/** Who may change an environment now. The fence only grows; every journal record carries it. */
export interface Lease {
  readonly app: string;
  readonly env: string;
  readonly holder: string;
  readonly fence: number;
}

export interface LeaseRequest {
  readonly app: string;
  readonly env: string;
  /** `<actor> on <host>, process <pid>, <random>`: unique to this process. */
  readonly holder: string;
  /** For people: `deploy sha-1a2b3c4-…`. */
  readonly purpose: string;
  /** Where the run can be looked at, for example the CI's page of it; undefined on a laptop. */
  readonly link?: string | undefined;
  /** Without a renewal for so long, anybody may take it over. */
  readonly lifetimeSeconds: number;
}

export interface HeldLease extends Lease {
  readonly purpose: string;
  readonly link?: string | undefined;
  /** Database times, RFC 3339, UTC. */
  readonly takenAt: string;
  readonly renewedAt: string;
  readonly expiresAt: string;
}

export type LeaseAnswer =
  | { readonly kind: "taken"; readonly lease: Lease; readonly takenOverFrom: HeldLease | undefined }
  | { readonly kind: "held"; readonly by: HeldLease };

/** Leases with fences, timed by the database's clock alone. */
export interface LeaseStore {
  /** Takes a free or expired lease. Throws `LEDGER_UNREACHABLE` (exit 11) when the database does not answer. */
  take(request: LeaseRequest): Promise<LeaseAnswer>;
  /** `lost`: somebody took it over; nothing more may be changed. */
  renew(lease: Lease, lifetimeSeconds: number): Promise<"renewed" | "lost">;
  /** Frees the lease if it is still ours; does nothing otherwise. */
  release(lease: Lease): Promise<void>;
  /** The lease as it is, `undefined` when it is free or has expired. */
  current(app: string, env: string): Promise<HeldLease | undefined>;
}
