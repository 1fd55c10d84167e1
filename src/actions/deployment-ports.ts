import type { ProofTools } from "../core/acts/check-proof.ts";
import type { Backups } from "../ports/backups.ts";
import type { Checkpoints } from "../ports/checkpoints.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerService } from "../ports/container-service.ts";
import type { Gatekeeping } from "../ports/gatekeeping.ts";
import type { HttpProbe } from "../ports/http-probe.ts";
import type { Identity } from "../ports/identity.ts";
import type { ImageRegistry } from "../ports/image-registry.ts";
import type { Journal } from "../ports/journal.ts";
import type { KnownGoodStore } from "../ports/known-good-store.ts";
import type { LeaseStore } from "../ports/lease-store.ts";
import type { OpenInspection } from "../ports/migration-inspection.ts";
import type { OpenMigrations } from "../ports/migrations.ts";
import type { ProjectFiles } from "../ports/project-files.ts";
import type { Releases } from "../ports/releases.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { SecretStore } from "../ports/secret-store.ts";
import type { TaskRegistry } from "../ports/task-registry.ts";

/** Where this run happens, for the record. What a variable of the CI says proves nothing and opens nothing. */
export interface RunOrigin {
  readonly host: string;
  /** Page of the CI's run; undefined on a laptop. */
  readonly link: string | undefined;
  /** Who started it, as the CI says: `github:583231`; undefined when it says nothing. */
  readonly actor: string | undefined;
  /** Version of Slipway. */
  readonly tool: string;
}

/** All that a deployment or a rollback needs of the outside. */
export interface DeploymentPorts {
  readonly backups: Backups;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
  readonly containers: ContainerService;
  readonly gatekeeping: Gatekeeping;
  readonly http: HttpProbe;
  readonly identity: Identity;
  readonly journal: Journal;
  readonly knownGood: KnownGoodStore;
  readonly leases: LeaseStore;
  readonly openInspection: OpenInspection;
  readonly openMigrations: OpenMigrations;
  readonly files: ProjectFiles;
  readonly registry: ImageRegistry;
  readonly releases: Releases;
  readonly reporter: Reporter;
  readonly secrets: SecretStore;
  readonly tasks: TaskRegistry;
  /** Hex SHA-256 of a value's canonical JSON (RFC 8785). */
  readonly fingerprintOf: (value: unknown) => string;
  /** Checks the signatures of approvals again. */
  readonly proofTools: ProofTools;
  /** A new deployment's id; no two are alike. */
  readonly newId: () => string;
  /** This process, for the lease: `<host>, process <pid>, <random>`. */
  readonly process: string;
  readonly origin: RunOrigin;
}
