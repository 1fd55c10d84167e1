import type { AvailableSnapshot } from "../../src/core/backup/types.ts";
import { SlipwayError } from "../../src/core/errors.ts";
import type { BackupRequest, Backups } from "../../src/ports/backups.ts";

/** A backup, whatever of: a snapshot that is available at once, or a refusal. */
export class FakeBackups implements Backups {
  readonly taken: BackupRequest[] = [];
  /** What the service says instead of taking one. */
  refuses: string | undefined;

  async take(request: BackupRequest): Promise<AvailableSnapshot> {
    if (this.refuses !== undefined) {
      const problem = { code: "BACKUP_FAILED", at: "backup", says: this.refuses, hint: "mend it" };
      throw new SlipwayError(problem, "verifyFailed");
    }
    this.taken.push(request);
    return {
      kind: "rds-snapshot",
      id: `arn:${request.name}`,
      snapshot: request.name,
      of: "instance",
      identifier: "diary",
      engine: "postgres 16.4",
      takenAt: "2026-01-01T00:00:00.000Z",
      takenSeconds: 60,
      window: { earliest: "2025-12-25T00:00:00.000Z", latest: "2025-12-31T23:55:00.000Z" },
    };
  }
}
