import type { WrittenConfig } from "./schema.ts";
import type { RunsConfig } from "./database-types.ts";
import type { Config, EnvironmentConfig } from "./types.ts";

type Written = NonNullable<NonNullable<WrittenConfig["database"]>["runs"]>;

/** Fills in the defaults that do not depend on the environment. */
export function normaliseRuns(written: Written): RunsConfig {
  if (written === "here") return { as: "here" };
  if (written.as === "codebuild") return written;
  return { ...written, cpu: written.cpu ?? 256, memory: written.memory ?? 512 };
}

/** Where the migrations of an environment run: what it says itself, else what the database says for all. */
export function runsOf({ database }: Config, { policy }: EnvironmentConfig): RunsConfig {
  return policy.migrations.runs ?? database?.runs ?? { as: "here" };
}

/** Name of the secret with the ledger's URL as a worker reaches it. */
export function workerLedgerSecret(app: string, runs: Exclude<RunsConfig, { readonly as: "here" }>): string {
  return runs.ledgerSecret ?? `${app}/{env}/worker-ledger-url`;
}
