import type { Problem } from "../errors.ts";

/** An environment that demands a backup without saying which. */
export function backupUndecided(env: string): Problem {
  return {
    code: "BACKUP_UNDECIDED",
    at: `environments/${env}/backup`,
    says: "migrations are pending and nothing says how this database is backed up",
    hint: `add backup: { kind: "rds-snapshot", instance: "<its name>" }, or { kind: "pg_dump", folder: "<folder>" }, or "none"`,
  };
}
