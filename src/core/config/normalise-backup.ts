import type { WrittenConfig } from "./schema.ts";
import type { BackupPolicy } from "./policy-types.ts";

type Written = WrittenConfig["environments"][string];

const TIMEOUT_SECONDS = 1800;

/**
 * How an environment's database is kept safe. Where nothing is written there is no backup, but for production on AWS:
 * nobody can guess where its database is, and nobody is to forget it.
 */
export function normaliseBackup(
  env: string,
  { backup, cloud }: Pick<Written, "backup" | "cloud">,
): BackupPolicy {
  if (backup === undefined) return { kind: env === "production" && cloud === "aws" ? "undecided" : "none" };
  if (backup === "none") return { kind: "none" };
  const timeoutSeconds = backup.timeoutSeconds ?? TIMEOUT_SECONDS;
  if (backup.kind === "pg_dump") {
    return {
      kind: "pg_dump",
      folder: backup.folder,
      maxAgeMinutes: backup.maxAgeMinutes ?? 0,
      proveOn: backup.proveOn ?? "same-server",
      urlSecret: backup.urlSecret,
      timeoutSeconds,
    };
  }
  const { instance, cluster } = backup;
  return {
    kind: "rds-snapshot",
    of: cluster === undefined ? "instance" : "cluster",
    identifier: cluster ?? instance ?? "",
    timeoutSeconds,
  };
}
