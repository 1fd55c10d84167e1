import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { join } from "node:path";
import type { DeploymentPorts } from "../actions/deployment-ports.ts";
import type { LedgerPort } from "../actions/gone-ledger.ts";
import type { CloudAccess } from "../adapters/aws/client-settings.ts";
import { composeBackups } from "./compose-backups.ts";
import { composeReporter } from "./compose.ts";
import { runOrigin } from "./run-origin.ts";

/** Everything that a run needs besides the ledger and its anchors. */
export async function composePlatform(
  folder: string,
  {
    access,
    ambientRegion,
    env,
  }: {
    readonly access: CloudAccess;
    readonly ambientRegion: string | undefined;
    readonly env: NodeJS.ProcessEnv;
  },
): Promise<Omit<DeploymentPorts, LedgerPort | "journal" | "knownGood">> {
  const [ecs, tasks, ecr, secrets, sts, files, probe, clock, migrations, inspections, sha256, proofs] =
    await Promise.all([
      import("../adapters/aws/ecs-service.ts"),
      import("../adapters/aws/ecs-task-registry.ts"),
      import("../adapters/aws/ecr-registry.ts"),
      import("../adapters/aws/secrets-manager.ts"),
      import("../adapters/aws/sts-identity.ts"),
      import("../adapters/local/project-files.ts"),
      import("../adapters/http/http-probe.ts"),
      import("../adapters/local/system-clock.ts"),
      import("../adapters/postgres/open-migrations.ts"),
      import("../adapters/postgres/open-inspection.ts"),
      import("../adapters/local/canonical-sha256.ts"),
      import("../adapters/local/proof-tools.ts"),
    ]);
  return {
    fingerprintOf: sha256.canonicalSha256,
    proofTools: proofs.proofTools,
    origin: runOrigin(env),
    backups: composeBackups(folder, access, env),
    clock: clock.systemClock,
    containers: ecs.ecsService(access),
    files: files.projectFiles(folder),
    http: probe.httpProbe,
    identity: sts.stsIdentity(access, ambientRegion),
    openInspection: (database) =>
      inspections.openInspection({ ...database, folder: join(folder, database.folder) }),
    openMigrations: (database) =>
      migrations.openMigrations({ ...database, folder: join(folder, database.folder) }),
    registry: ecr.ecrRegistry(access),
    reporter: await composeReporter(),
    secrets: secrets.secretsManager(access),
    tasks: tasks.ecsTaskRegistry(access),
    newId: () => `d-${randomUUID()}`,
    process: `${hostname()}, process ${process.pid}, ${randomUUID().slice(0, 8)}`,
  };
}
