import { backupUndecided } from "../core/backup/undecided.ts";
import { describeProof } from "../core/backup/describe-proof.ts";
import { restoreCommand } from "../core/backup/restore-command.ts";
import type { BackupProof } from "../core/backup/types.ts";
import type { Config, DatabaseConfig, EnvironmentConfig } from "../core/config/types.ts";
import { SlipwayError } from "../core/errors.ts";
import { secretName } from "../core/names.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { stopIfAborted, StepFailed } from "./step-faults.ts";
import type { StepResult, Steps } from "./steps.ts";

export interface BackupContext {
  readonly config: Config;
  readonly environment: EnvironmentConfig;
  readonly ports: Pick<DeploymentPorts, "backups" | "secrets">;
  readonly steps: Pick<Steps, "take">;
}

/**
 * Takes the backup that the environment's policy demands before migrations run, as a step of its own. Answers it, or
 * `undefined` where none is demanded. Throws `StepFailed` when it is demanded and cannot be had.
 *
 * @param recorded wraps the step's work, for runs whose steps are not recorded by `Steps` itself
 */
export async function backupStep(
  deploymentId: string,
  { config, environment, ports, steps }: BackupContext,
  stop: AbortSignal,
  recorded: (work: () => Promise<StepResult>) => Promise<StepResult> = (work) => work(),
): Promise<BackupProof | undefined> {
  const { backup } = environment.policy;
  const { database } = config;
  if (database === undefined || backup.kind === "none") return undefined;

  let proof: BackupProof | undefined;
  await steps.take("backup", saysOf(environment), stop, () =>
    recorded(async () => {
      proof = await take(deploymentId, { config, environment, ports, database }, stop);
      return { says: describeProof(proof), data: { backup: proof, restore: restoreCommand(proof) } };
    }),
  );
  return proof;
}

async function take(
  deploymentId: string,
  {
    config,
    environment,
    ports,
    database,
  }: Omit<BackupContext, "steps"> & { readonly database: DatabaseConfig },
  signal: AbortSignal,
): Promise<BackupProof> {
  const { backup } = environment.policy;
  if (backup.kind === "undecided" || backup.kind === "none") {
    throw new StepFailed("backup", [backupUndecided(environment.name)]);
  }
  const own = backup.kind === "pg_dump" ? backup.urlSecret : undefined;
  const name = `${config.app}-${environment.name}-${deploymentId}`;
  try {
    const url = await ports.secrets.read(secretName(own ?? database.urlSecret, environment.name));
    return await ports.backups.take({ policy: backup, name, url, signal });
  } catch (error) {
    stopIfAborted(signal);
    if (error instanceof SlipwayError) throw new StepFailed("backup", error.problems);
    throw error;
  }
}

function saysOf({ policy: { backup } }: EnvironmentConfig): string {
  if (backup.kind === "rds-snapshot") return `a snapshot of the ${backup.of} ${backup.identifier}`;
  return backup.kind === "pg_dump"
    ? `a dump into ${backup.folder}, restored once`
    : "which one is not decided";
}
