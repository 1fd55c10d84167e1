import type { Clock } from "../ports/clock.ts";
import type { ContainerService } from "../ports/container-service.ts";
import type { HttpProbe } from "../ports/http-probe.ts";
import type { Identity } from "../ports/identity.ts";
import type { ImageRegistry } from "../ports/image-registry.ts";
import type { Journal } from "../ports/journal.ts";
import type { LeaseStore } from "../ports/lease-store.ts";
import type { OpenMigrations } from "../ports/migrations.ts";
import type { ProjectFiles } from "../ports/project-files.ts";
import type { Releases } from "../ports/releases.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { SecretStore } from "../ports/secret-store.ts";
import type { TaskRegistry } from "../ports/task-registry.ts";

/** All that a deployment or a rollback needs of the outside. */
export interface DeploymentPorts {
  readonly clock: Clock;
  readonly containers: ContainerService;
  readonly http: HttpProbe;
  readonly identity: Identity;
  readonly journal: Journal;
  readonly leases: LeaseStore;
  readonly openMigrations: OpenMigrations;
  readonly files: ProjectFiles;
  readonly registry: ImageRegistry;
  readonly releases: Releases;
  readonly reporter: Reporter;
  readonly secrets: SecretStore;
  readonly tasks: TaskRegistry;
  /** A new deployment's id; no two are alike. */
  readonly newId: () => string;
  /** This process, for the lease: `<host>, process <pid>`. */
  readonly process: string;
}
