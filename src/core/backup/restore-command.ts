import type { BackupProof } from "./types.ts";

/**
 * What a person types to get the database back, beside the broken one and never over it: both can then be compared, and
 * what was written since is not lost.
 */
export function restoreCommand(proof: BackupProof): string {
  if (proof.kind === "pg_dump") {
    return `pg_restore --exit-on-error --dbname="$RESTORE_URL" ${quoted(proof.file)}`;
  }
  const { of, identifier, snapshot } = proof;
  return of === "instance"
    ? `aws rds restore-db-instance-from-db-snapshot --db-instance-identifier ${identifier}-restored --db-snapshot-identifier ${snapshot}`
    : `aws rds restore-db-cluster-from-snapshot --db-cluster-identifier ${identifier}-restored --snapshot-identifier ${snapshot} --engine ${proof.engine.split(" ")[0]}`;
}

/** The same with what has to be there first. */
export function restoreAdvice(proof: BackupProof): string {
  const first =
    proof.kind === "pg_dump"
      ? "RESTORE_URL is the URL of a new, empty database"
      : "the app's secret has to name the restored database afterwards";
  return `to go back to the backup ${proof.id}: ${restoreCommand(proof)} (${first}; docs/runbooks/roll-back-or-forward.md)`;
}

function quoted(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
