import { SlipwayError } from "../core/errors.ts";
import { LEASE_HEARTBEAT_MS, LEASE_LIFETIME_SECONDS, reliableForMs } from "../core/lease.ts";
import type { Lease } from "../ports/lease-store.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

/** After a pause a holder waits so long for the database to say whose the lease is. */
const PATIENCE_MS = 3000;

export interface KeptLease {
  /** Aborts with `LEASE_LOST` as its reason when the lease is gone. */
  readonly lost: AbortSignal;
  /**
   * To be awaited right before a change outside. Answers at once while the last renewal is fresh; after a pause of this
   * process it asks the database first. Throws `LEASE_LOST` (exit 30).
   */
  prove(): Promise<void>;
  /** Ends the heartbeat. */
  stop(): Promise<void>;
}

/** Renews a lease that was just taken, until it is stopped or the lease is lost. */
export function keepLease(lease: Lease, ports: Pick<DeploymentPorts, "leases" | "clock">): KeptLease {
  const { clock } = ports;
  const lost = new AbortController();
  const stop = new AbortController();
  let provenAt = clock.now();

  // Gives up while the lease still stands, so that nothing is done after another may have taken it. A holder that was
  // paused for longer lets the database decide: nobody may have wanted the lease.
  const renew = async (): Promise<void> => {
    const askedAt = clock.now();
    const patienceMs = Math.max(PATIENCE_MS, reliableForMs(askedAt - provenAt));
    const answered = new AbortController();
    const silence = clock.sleep(patienceMs, AbortSignal.any([stop.signal, answered.signal]));
    const answer = await Promise.race([renewal(lease, ports), silence]);
    answered.abort();
    if (stop.signal.aborted) return;
    if (answer === "renewed") provenAt = askedAt;
    // One missed renewal is no loss; having no time left for another is.
    else if (answer === "lost" || reliableForMs(clock.now() - provenAt) <= 0) lost.abort(gone(lease));
  };

  const beat = async (): Promise<void> => {
    while (!lost.signal.aborted) {
      await clock.sleep(LEASE_HEARTBEAT_MS, stop.signal);
      if (stop.signal.aborted) return;
      await renew();
    }
  };
  const beating = beat();

  return {
    lost: lost.signal,
    prove: async () => {
      const sinceMs = clock.now() - provenAt;
      const isFresh = sinceMs >= 0 && sinceMs <= 2 * LEASE_HEARTBEAT_MS;
      if (!isFresh && !lost.signal.aborted) await renew();
      if (lost.signal.aborted) throw gone(lease);
    },
    stop: async () => {
      stop.abort();
      await beating;
    },
  };
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

function gone(lease: Lease): SlipwayError {
  return new SlipwayError(
    {
      code: "LEASE_LOST",
      at: `${lease.app}/${lease.env}`,
      says: `the lease with fence ${lease.fence} was not renewed in time and may be another's; nothing more is changed`,
      hint: "run the same command again to resume",
    },
    "leaseHeld",
  );
}
