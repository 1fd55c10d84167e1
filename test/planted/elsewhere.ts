/** Codes whose mistakes other tests plant; their sentences are in a page of their own or in the test itself. */
export interface Elsewhere {
  readonly what: string;
  readonly codes: RegExp;
  /** File that names each of the codes. */
  readonly file: string;
}

export const ELSEWHERE: readonly Elsewhere[] = [
  { what: "each rule of lint", codes: /^LINT_/, file: "test/core/lint/lint-migrations.test.ts" },
  { what: "each hole in row-level security", codes: /^RLS_/, file: "test/golden/rls/mistakes.txt" },
  { what: "probes that prove nothing", codes: /^RLS_/, file: "test/golden/rls/unproven.txt" },
  {
    what: "a role that may not probe",
    codes: /^RLS_/,
    file: "test/adapters/postgres/row-security.real.test.ts",
  },
  {
    what: "waivers that do not count",
    codes: /^WAIVER_/,
    file: "test/golden/migrations/waivers-that-do-not-count.txt",
  },
  {
    what: "a waiver for a file that is not there",
    codes: /^WAIVER_/,
    file: "test/actions/migrate-waive.test.ts",
  },
  {
    what: "dumps that are cut, flipped, late or not to be had",
    codes: /^BACKUP_/,
    file: "test/adapters/postgres/dump-backups.real.test.ts",
  },
  {
    what: "runs that are stopped or lost",
    codes: /^MIGRATION_/,
    file: "test/adapters/postgres/interrupted-migrations.real.test.ts",
  },
  {
    what: "rows to be kept that the role cannot see",
    codes: /^MIGRATION_/,
    file: "test/adapters/postgres/kept-rows.real.test.ts",
  },
  {
    what: "a database that somebody else has migrated meanwhile",
    codes: /^MIGRATION_/,
    file: "test/adapters/postgres/undo-run.real.test.ts",
  },
  {
    what: "seeds that are stopped or lost",
    codes: /^SEED_/,
    file: "test/adapters/postgres/open-seeds.real.test.ts",
  },
  {
    what: "seeds whose end nobody saw",
    codes: /^SEED_/,
    file: "test/adapters/postgres/seed-commit.real.test.ts",
  },
  {
    what: "a worker that is lost while it seeds",
    codes: /^SEED_/,
    file: "test/adapters/remote/remote-seeds.real.test.ts",
  },
  {
    what: "a worker that is lost",
    codes: /^MIGRATION_/,
    file: "test/adapters/remote/remote-migrations.real.test.ts",
  },
  {
    what: "sessions of a lost worker that stay",
    codes: /^DATABASE_/,
    file: "test/adapters/postgres/end-sessions.real.test.ts",
  },
  { what: "snapshots by RDS", codes: /^BACKUP_/, file: "test/adapters/aws/rds-snapshots.real.test.ts" },
  { what: "a backup that nobody decided", codes: /^BACKUP_/, file: "test/actions/backup.test.ts" },
  {
    what: "data that does not hold together",
    codes: /^DATA_/,
    file: "test/adapters/postgres/check-data.real.test.ts",
  },
  {
    what: "a contract beside code that needs the old shape",
    codes: /^CONTRACT_/,
    file: "test/cli/migrate-history.real.test.ts",
  },
  {
    what: "a rollback across a contract",
    codes: /^ROLLBACK_CROSSES_/,
    file: "test/actions/no-way-back.test.ts",
  },
];
