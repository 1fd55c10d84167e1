import type { DownTarget } from "../core/migration/choose-down.ts";
import type { Migration } from "../core/migration/types.ts";
import type { WalkLeg } from "../core/rehearsal/walk-report.ts";
import type { MigrationInspection } from "./migration-inspection.ts";

/** A database that was made for the app's migrations, with the rehearsal's rows. It is dropped when it is closed. */
export interface OwnDatabase {
  /** All migrations of the folder, in the order in which they run. */
  readonly migrations: readonly Migration[];
  /** `18.4`. */
  readonly postgres: string;
  /** Goes up as an environment does; `to` is the id of the last one that runs. */
  up(to: string | undefined, signal: AbortSignal): Promise<WalkLeg>;
  /** Goes down as an environment does. */
  down(target: DownTarget, signal: AbortSignal): Promise<WalkLeg>;
  /** What the migrations made of it. Its owner is called `owner` in the schema. */
  readonly inspection: MigrationInspection;
  close(): Promise<void>;
}
