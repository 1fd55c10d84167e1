import { SlipwayError } from "../core/errors.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";

/** The ports behind which the ledger stands. */
export type LedgerPort = "checkpoints" | "gatekeeping" | "leases" | "releases";

/** Stands where the ledger stood: whoever asks it by mistake is told that it is gone. */
export const GONE_LEDGER: Pick<DeploymentPorts, LedgerPort> = {
  checkpoints: { anchor: gone, unanchored: gone },
  gatekeeping: { now: gone, approvals: gone, holds: gone, reviews: gone, mutations: gone },
  leases: { take: gone, renew: gone, release: gone, current: gone },
  releases: {
    lastKnownGood: gone,
    history: gone,
    deployments: gone,
    manifestOf: gone,
    migrationTrail: gone,
  },
};

function gone(): Promise<never> {
  const says = "was asked in an emergency, though it is gone";
  const problem = {
    code: "LEDGER_GONE",
    at: "ledger",
    says,
    hint: "report this: an emergency does without it",
  };
  return Promise.reject(new SlipwayError(problem, "bug"));
}
