import { SlipwayError } from "../core/errors.ts";
import { holderIs, LEASE_HEARTBEAT_MS, LEASE_LIFETIME_SECONDS } from "../core/lease.ts";
import type { HeldLease, Lease } from "../ports/lease-store.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { Interrupted } from "./steps.ts";

const LOOK_MS = 1000;

export interface LeaseWish {
  readonly app: string;
  readonly env: string;
  readonly holder: string;
  readonly purpose: string;
}

export interface LeaseHeld {
  readonly lease: Lease;
  readonly takenOverFrom: HeldLease | undefined;
  /** Aborts with `LEASE_LOST` as its reason when the lease is gone. */
  readonly lost: AbortSignal;
  /** Stops the heartbeat and frees the lease. */
  release(): Promise<void>;
}

/**
 * Takes the lease and keeps it alive. A live holder is refused as soon as its heartbeat is seen; a silent one is waited
 * for until its lease expires. Throws `LEASE_HELD` (exit 30).
 */
export async function holdLease(
  wish: LeaseWish,
  ports: Pick<DeploymentPorts, "leases" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<LeaseHeld> {
  const { lease, takenOverFrom } = await take(wish, ports, signal);

  const lost = new AbortController();
  const stop = new AbortController();
  const beating = heartbeat(lease, ports, lost, stop.signal);
  return {
    lease,
    takenOverFrom,
    lost: lost.signal,
    release: async () => {
      stop.abort();
      await beating;
      await ports.leases.release(lease);
    },
  };
}

async function take(
  wish: LeaseWish,
  ports: Pick<DeploymentPorts, "leases" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<{ lease: Lease; takenOverFrom: HeldLease | undefined }> {
  const request = { ...wish, lifetimeSeconds: LEASE_LIFETIME_SECONDS };
  const first = await ports.leases.take(request);
  if (first.kind === "taken") return first;

  ports.reporter.note(
    `${first.by.holder} holds the lease since ${first.by.takenAt}; looking whether it lives`,
  );
  const deadline = ports.clock.now() + LEASE_LIFETIME_SECONDS * 1000 + 2 * LEASE_HEARTBEAT_MS;
  for (;;) {
    await ports.clock.sleep(LOOK_MS, signal);
    if (signal.aborted) throw new Interrupted("interrupted while waiting for the lease");
    const answer = await ports.leases.take(request);
    if (answer.kind === "taken") return answer;
    if (holderIs(first.by, answer.by) === "alive" || ports.clock.now() > deadline) throw held(answer.by);
  }
}

// Gives up while the lease still stands, so that nothing is done after another may have taken it.
async function heartbeat(
  lease: Lease,
  ports: Pick<DeploymentPorts, "leases" | "clock">,
  lost: AbortController,
  stop: AbortSignal,
): Promise<void> {
  const { clock } = ports;
  let provenAt = clock.now();
  for (;;) {
    await clock.sleep(LEASE_HEARTBEAT_MS, stop);
    if (stop.aborted) return;

    const askedAt = clock.now();
    const leftMs = provenAt + LEASE_LIFETIME_SECONDS * 1000 - LEASE_HEARTBEAT_MS - askedAt;
    const answer = await Promise.race([renewal(lease, ports), clock.sleep(Math.max(0, leftMs), stop)]);
    if (stop.aborted) return;
    if (answer === "renewed") provenAt = askedAt;
    // One missed renewal is no loss; having no time left for another is.
    else if (answer === "lost" || clock.now() - askedAt >= leftMs) break;
  }
  lost.abort(gone(lease));
}

async function renewal(
  lease: Lease,
  { leases }: Pick<DeploymentPorts, "leases">,
): Promise<"renewed" | "lost" | "failed"> {
  try {
    return await leases.renew(lease, LEASE_LIFETIME_SECONDS);
  } catch {
    return "failed";
  }
}

function held(by: HeldLease): SlipwayError {
  return new SlipwayError(
    {
      code: "LEASE_HELD",
      at: `${by.app}/${by.env}`,
      says: `${by.holder} holds it since ${by.takenAt} for: ${by.purpose}`,
      hint: "wait until it has ended; `slipway status` shows the holder",
    },
    "leaseHeld",
  );
}

function gone(lease: Lease): SlipwayError {
  return new SlipwayError(
    {
      code: "LEASE_LOST",
      at: `${lease.app}/${lease.env}`,
      says: "the lease was not renewed in time and may be another's; nothing more is changed",
      hint: "run the same command again to resume",
    },
    "leaseHeld",
  );
}
