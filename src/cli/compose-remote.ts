import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { DeploymentPorts } from "../actions/deployment-ports.ts";
import type { CloudAccess } from "../adapters/aws/client-settings.ts";
import type { RunsConfig } from "../core/config/database-types.ts";
import { runsOf, workerLedgerSecret } from "../core/config/runs.ts";
import type { EnvironmentConfig } from "../core/config/types.ts";
import { secretName } from "../core/names.ts";
import type { Secret } from "../core/secret.ts";
import { planWorker } from "../core/worker/plan-worker.ts";
import { WORKER_DATABASE, WORKER_LEDGER } from "../core/worker/worker-spec.ts";
import type { ProbeRowSecurity } from "../ports/row-security.ts";
import type { OpenSeeds } from "../ports/seeds.ts";
import type { SecretStore } from "../ports/secret-store.ts";
import type { WorkerTasks } from "../ports/worker-tasks.ts";
import type { Project } from "./find-project.ts";
import { packageVersion } from "./run-origin.ts";

export interface ComposedRemote extends AsyncDisposable {
  readonly openMigrations: DeploymentPorts["openMigrations"];
  readonly openInspection: DeploymentPorts["openInspection"];
  readonly openSeeds: OpenSeeds;
  readonly rowSecurity: ProbeRowSecurity;
}

interface Around {
  readonly access: CloudAccess;
  readonly ledgerUrl: Secret;
  readonly secrets: SecretStore;
  readonly note: (says: string) => void;
  /** Ends the wait for a worker that is to come. */
  readonly stop: AbortSignal;
}

/** The database as a worker reaches it, when the config says that one does; `undefined`: this process does. */
export async function composeRemote(
  { folder, config }: Project,
  environment: EnvironmentConfig,
  around: Around,
): Promise<ComposedRemote | undefined> {
  const runs = runsOf(config, environment);
  if (runs.as === "here" || config.database === undefined) return undefined;
  const names = {
    [WORKER_LEDGER]: secretName(workerLedgerSecret(config.app, runs), environment.name),
    [WORKER_DATABASE]: secretName(config.database.urlSecret, environment.name),
  };
  const [
    tasks,
    { callerBox },
    { carryMigrations },
    { systemClock },
    { RemoteWorker },
    remote,
    inspection,
    seeds,
    rowSecurity,
    sha256,
  ] = await Promise.all([
    workerTasks(config.app, environment, runs, names, around),
    import("../adapters/postgres/ledger-letterbox.ts"),
    import("../adapters/postgres/carry-migrations.ts"),
    import("../adapters/local/system-clock.ts"),
    import("../adapters/remote/remote-worker.ts"),
    import("../adapters/remote/remote-migrations.ts"),
    import("../adapters/remote/remote-inspection.ts"),
    import("../adapters/remote/remote-seeds.ts"),
    import("../adapters/remote/remote-row-security.ts"),
    import("../adapters/local/canonical-sha256.ts"),
  ]);
  const worker = new RemoteWorker(
    {
      app: config.app,
      env: environment.name,
      box: callerBox(around.ledgerUrl),
      tasks,
      clock: systemClock,
      tool: packageVersion(),
      newRun: randomUUID,
      note: around.note,
      stop: around.stop,
    },
    {
      read: (path) => carryMigrations(join(folder, path)),
      hashOf: sha256.canonicalSha256,
    },
  );
  return {
    openMigrations: remote.remoteMigrations(worker),
    openInspection: inspection.remoteInspection(worker),
    openSeeds: seeds.remoteSeeds(worker),
    rowSecurity: rowSecurity.remoteRowSecurity(worker),
    [Symbol.asyncDispose]: () => worker.end(),
  };
}

async function workerTasks(
  app: string,
  environment: EnvironmentConfig,
  runs: Exclude<RunsConfig, { readonly as: "here" }>,
  names: Readonly<Record<string, string>>,
  { access, secrets }: Around,
): Promise<WorkerTasks> {
  const { locateSecrets } = await import("../adapters/aws/locate-worker-secrets.ts");
  if (runs.as === "codebuild") {
    const { codebuildWorkerTasks } = await import("../adapters/aws/codebuild-worker-tasks.ts");
    return codebuildWorkerTasks(access, runs.project, () => locateSecrets(secrets, names));
  }
  const { ecsWorkerTasks } = await import("../adapters/aws/ecs-worker-tasks.ts");
  const plan = async () => planWorker(app, environment, runs, await locateSecrets(secrets, names));
  return ecsWorkerTasks(access, runs.cluster ?? environment.cluster, plan);
}
