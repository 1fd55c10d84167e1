/** How patient a run in the app's database is. Milliseconds, but for the count of tries. */
export interface RunLimits {
  /** How long another run is waited for. */
  readonly lockWaitMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  /** How often a run that others were in the way of is tried again, and the first wait, which then doubles. */
  readonly lockRetries: number;
  readonly lockBackoffMs: number;
  /** After so long what still runs is told, and again each time it has run so long once more. */
  readonly alertAfterMs: number;
}

const USUAL: RunLimits = {
  lockWaitMs: 10_000,
  // A longer statement belongs into a backfill, outside of the deployment.
  statementTimeoutMs: 600_000,
  // While a statement waits for its lock, everybody else waits behind it.
  lockTimeoutMs: 5_000,
  lockRetries: 4,
  lockBackoffMs: 1_000,
  alertAfterMs: 300_000,
};

/** What is given, and the usual for the rest. */
export function runLimits(given: Partial<RunLimits>): RunLimits {
  return {
    lockWaitMs: given.lockWaitMs ?? USUAL.lockWaitMs,
    statementTimeoutMs: given.statementTimeoutMs ?? USUAL.statementTimeoutMs,
    lockTimeoutMs: given.lockTimeoutMs ?? USUAL.lockTimeoutMs,
    lockRetries: given.lockRetries ?? USUAL.lockRetries,
    lockBackoffMs: given.lockBackoffMs ?? USUAL.lockBackoffMs,
    alertAfterMs: given.alertAfterMs ?? USUAL.alertAfterMs,
  };
}
