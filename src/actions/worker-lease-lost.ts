import { SlipwayError } from "../core/errors.ts";

/** Why a worker ends what it was asked to do under a lease. */
export function workerLeaseLost(fence: number): SlipwayError {
  return new SlipwayError(
    {
      code: "LEASE_LOST",
      at: "slipway_ledger",
      says: `the deployment has lost the lease with fence ${fence}, so its worker changes nothing more`,
      hint: "run `slipway status` to see who holds the environment, then run the command again",
    },
    "leaseHeld",
  );
}
