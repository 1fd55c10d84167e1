import { SlipwayError } from "../core/errors.ts";
import { holderIs, LEASE_LIFETIME_SECONDS } from "../core/lease.ts";
import type { HeldLease, Lease, LeaseRequest } from "../ports/lease-store.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { keepLease, type KeptLease } from "./keep-lease.ts";
import { Interrupted } from "./step-faults.ts";

/** A holder's heartbeat is looked for so often, and less often once it should have been seen. */
const LOOK_MS = 200;
const LOOK_AGAIN_MS = 1000;
const HEARTBEAT_DUE_MS = 2000;
/** A lease that is silent has been taken over by then. */
const LONGEST_WAIT_MS = LEASE_LIFETIME_SECONDS * 1000 + 10_000;

export type LeaseWish = Omit<LeaseRequest, "lifetimeSeconds">;

export interface LeaseHeld extends Pick<KeptLease, "lost" | "prove"> {
  readonly lease: Lease;
  readonly takenOverFrom: HeldLease | undefined;
  /** Stops the heartbeat and frees the lease. */
  release(): Promise<void>;
}

/**
 * Takes the lease and keeps it alive. A live holder is refused as soon as its heartbeat is seen, within two seconds; a
 * silent one is waited for until its lease expires. Throws `LEASE_HELD` (exit 30).
 */
export async function holdLease(
  wish: LeaseWish,
  ports: Pick<DeploymentPorts, "leases" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<LeaseHeld> {
  const { lease, takenOverFrom } = await take(wish, ports, signal);

  const kept = keepLease(lease, ports);
  return {
    lease,
    takenOverFrom,
    lost: kept.lost,
    prove: () => kept.prove(),
    release: async () => {
      await kept.stop();
      await ports.leases.release(lease);
    },
  };
}

async function take(
  wish: LeaseWish,
  ports: Pick<DeploymentPorts, "leases" | "clock" | "reporter">,
  signal: AbortSignal,
): Promise<{ lease: Lease; takenOverFrom: HeldLease | undefined }> {
  const { clock, leases, reporter } = ports;
  const request = { ...wish, lifetimeSeconds: LEASE_LIFETIME_SECONDS };
  const first = await leases.take(request);
  if (first.kind === "taken") return first;

  reporter.note(`${first.by.holder} holds the lease since ${first.by.takenAt}; looking whether it lives`);
  const began = clock.now();
  for (;;) {
    const waitedMs = clock.now() - began;
    await clock.sleep(waitedMs < HEARTBEAT_DUE_MS ? LOOK_MS : LOOK_AGAIN_MS, signal);
    if (signal.aborted) throw new Interrupted("interrupted while waiting for the lease");
    const answer = await leases.take(request);
    if (answer.kind === "taken") return answer;
    if (holderIs(first.by, answer.by) === "alive" || waitedMs > LONGEST_WAIT_MS) throw held(answer.by);
  }
}

function held({ app, env, holder, fence, purpose, takenAt, link }: HeldLease): SlipwayError {
  const where = link === undefined ? "" : `, ${link},`;
  return new SlipwayError(
    {
      code: "LEASE_HELD",
      at: `${app}/${env}`,
      says: `${holder} holds it since ${takenAt}${where} for: ${purpose}`,
      hint:
        `wait until it has ended; a dead holder is taken over by itself. Only when it lives and must lose the lease: ` +
        `slipway unlock --env=${env} --lease=${fence} --reason=<why>`,
    },
    "leaseHeld",
  );
}
