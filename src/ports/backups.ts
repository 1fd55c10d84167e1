import type { BackupProof } from "../core/backup/types.ts";
import type { TakenBackup } from "../core/config/policy-types.ts";
import type { Secret } from "../core/secret.ts";

export interface BackupRequest {
  readonly policy: TakenBackup;
  /** What the backup is called: app, environment, deployment; lower-case letters, digits, single dashes. */
  readonly name: string;
  /** Of the database, as a role that may read every row; a snapshot by RDS does not need it. */
  readonly url: Secret;
  readonly signal: AbortSignal;
}

/** Copies of a database that can be gone back to. */
export interface Backups {
  /**
   * Takes one and proves it, as far as its kind can be proven, or answers a recent one that still holds. Throws
   * `BACKUP_…` (exit 11) when there is none to rely on, and the signal's reason when it is stopped.
   */
  take(request: BackupRequest): Promise<BackupProof>;
}
