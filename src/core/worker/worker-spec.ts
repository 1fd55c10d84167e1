import type { TaskEnvironment } from "../config/types.ts";

/** A one-off task that works for deployments, complete: registering it twice gives the same revision. */
export interface WorkerSpec {
  readonly cluster: string;
  readonly family: string;
  readonly container: string;
  /** By digest. */
  readonly image: string;
  readonly cpu: number;
  readonly memory: number;
  /** Environment variable → the platform's name of the secret. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Where it runs and as whom; undefined on the local cloud. */
  readonly tasks: TaskEnvironment | undefined;
}

/** The variables by which a worker learns where its servers are; their values come from secrets. */
export const WORKER_LEDGER = "SLIPWAY_LEDGER_URL";
export const WORKER_DATABASE = "SLIPWAY_DATABASE_URL";
/** Id of the run that it works for. */
export const WORKER_RUN = "SLIPWAY_WORKER_RUN";
