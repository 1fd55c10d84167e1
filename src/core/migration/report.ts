import { EXIT_CODES, type ExitKind, type Problem } from "../errors.ts";

export type MigrateOutcome =
  | "migrated"
  | "reverted"
  | "nothing-to-do"
  | "refused"
  | "left-different"
  /** All ran, and the database lacks what the app relies on. */
  | "unmet"
  | "failed"
  | "interrupted"
  | "busy";

/** The answer of `migrate up` and `migrate down`: with `--json` this very document. */
export interface MigrateReport {
  readonly outcome: MigrateOutcome;
  readonly app: string;
  readonly environment: string;
  /** Under which the ledger has the records; null when there was nothing to record. */
  readonly deploymentId: string | null;
  readonly ran: readonly {
    readonly file: string;
    readonly seconds: number;
    /** Left out when it was one. */
    readonly attempts?: number;
  }[];
  /** Files of a run that failed which stay applied. */
  readonly stayed: readonly string[];
  /** Files of the downs that undid what a run had left. */
  readonly undone: readonly string[];
  /** What stopped nothing: what the checks of the data saw, and why the record is not kept outside of the ledger. */
  readonly warnings: readonly string[];
  /** Hex SHA-256 of the schema; equal ones mean that nothing changed. After: null when nobody could ask. */
  readonly schemaBefore: string;
  readonly schemaAfter: string | null;
  readonly problems: readonly Problem[];
  readonly exitCode: number;
}

const EXITS: Readonly<Record<MigrateOutcome, ExitKind>> = {
  migrated: "done",
  reverted: "done",
  "nothing-to-do": "done",
  refused: "verifyFailed",
  "left-different": "rollbackFailed",
  unmet: "checksFailed",
  // The one that failed was undone; those before it stand on their own.
  failed: "rolledBack",
  interrupted: "interrupted",
  busy: "leaseHeld",
};

/** The exit code that an outcome leads to. */
export function migrateExit(outcome: MigrateOutcome): number {
  return EXIT_CODES[EXITS[outcome]].code;
}

/** The report as people read it. */
export function describeMigrateReport(report: MigrateReport): string {
  const where = `the database of ${report.app} in ${report.environment}`;
  const head = {
    migrated: `migrated ${where}`,
    reverted: `went down in ${where}`,
    "nothing-to-do": `nothing to do: ${where} has every migration`,
    refused: `${where} was not migrated`,
    "left-different": `the schema of ${where} is not as it was: look now`,
    unmet: `${where} has every migration, and lacks what the app relies on; nothing was undone`,
    failed:
      report.undone.length === 0
        ? `a migration failed in ${where} and was undone`
        : `the migrations failed in ${where} and were undone by their downs`,
    interrupted: `interrupted; the migration under way in ${where} was undone`,
    busy: `${where} was not migrated: somebody else is at it`,
  } satisfies Record<MigrateOutcome, string>;
  return [
    head[report.outcome],
    ...report.ran.map(({ file, seconds, attempts = 1 }) => {
      const tries = attempts === 1 ? "" : `, at try ${attempts}`;
      return `  ran ${file} in ${seconds.toFixed(2)} s${tries}`;
    }),
    ...report.stayed.map((file) => `  stays applied: ${file}`),
    ...report.undone.map((file) => `  undone by ${file}`),
    `  ${describeShift(report)}`,
  ].join("\n");
}

function describeShift({ schemaBefore, schemaAfter }: MigrateReport): string {
  const before = schemaBefore.slice(0, 12);
  if (schemaAfter === null) return `the schema was ${before}, and could not be looked at afterwards`;
  if (schemaAfter === schemaBefore) return `the schema is unchanged (${before})`;
  return `the schema went from ${before} to ${schemaAfter.slice(0, 12)}`;
}
