import type { BackupProof } from "../core/backup/types.ts";
import type { DatabaseConfig } from "../core/config/types.ts";
import { sentence, type Problem } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { Migrations } from "../ports/migrations.ts";
import { concludeRun } from "./conclude-run.ts";
import type { DeploymentPorts } from "./deployment-ports.ts";
import { migrateAndJudge, type JudgedRun } from "./migrate-and-judge.ts";
import { Interrupted, MigrationFailed, StepFailed } from "./step-faults.ts";
import { stepOnRecord, type CommonEntry } from "./step-on-record.ts";
import type { Steps } from "./steps.ts";
import { tellMigration } from "./tell-migration.ts";
import type { Tenure } from "./under-lease.ts";
import { undoIntent, undone } from "./undo-step.ts";
import { undoRun } from "./undo-run.ts";
import { unmetExpectations } from "./unmet-expectations.ts";

export interface RecordedRun {
  readonly database: DatabaseConfig;
  readonly target: DownTarget | undefined;
  readonly says: string;
  readonly intent: Readonly<Record<string, unknown>>;
  readonly schemaBefore: string;
  readonly backup: BackupProof | undefined;
}

/** How a run of migrations ended that is on record. */
export interface MigrationEnd {
  readonly judged: JudgedRun;
  readonly problems: readonly Problem[];
  /** The app relies on what the database does not have, now that all has run. */
  readonly unmet: boolean;
  /** Files of the downs that undid it. */
  readonly undone: readonly string[];
  /** Hex SHA-256; null: nobody can say. */
  readonly schemaAfter: string | null;
}

/** Runs migrations in either direction with a record of what was meant and of what came of it; undoes them where it must. */
export async function migrateOnRecord(
  run: RecordedRun,
  common: CommonEntry,
  migrations: Migrations,
  { ports, steps }: { readonly ports: DeploymentPorts; readonly steps: Steps },
  { fence, stop, leave }: Tenure,
): Promise<MigrationEnd> {
  const { database, target, says, intent, schemaBefore, backup } = run;
  const { clock, journal } = ports;
  const tell = tellMigration(ports.reporter);
  let judged: JudgedRun | undefined;
  try {
    await stepOnRecord({ step: "migrate", says, intent, stop }, common, { journal, steps }, async () => {
      const order = { fence, signal: stop, tell, target };
      judged = await migrateAndJudge(migrations, order, { schemaBefore, backup: backup?.id ?? null, clock });
      for (const warning of judged.warnings) steps.warn(warning);

      const concluded = concludeRun(judged, backup);
      const { problems, data } = concluded;
      const [first] = problems;
      if (judged.interrupted) throw new Interrupted(first && sentence({ ...first, hint: "" }), data);
      if (problems.length > 0) throw new MigrationFailed(concluded);
      const files = judged.record.ran.map(({ file }) => file);
      const unmet = target === undefined ? await unmetExpectations(database, migrations) : [];
      if (unmet.length > 0) throw new StepFailed("migrate", unmet, { ...data, stayed: files });
      return { says: files.join(", "), data };
    });
    return ended(judged, {});
  } catch (error) {
    if (judged === undefined || !(error instanceof StepFailed || error instanceof Interrupted)) throw error;
    const undo = error instanceof MigrationFailed ? error.undo : undefined;
    const isUnmet = error instanceof StepFailed && !(error instanceof MigrationFailed);
    if (!(error instanceof MigrationFailed) || undo === undefined) {
      return ended(judged, { problems: error.problems, unmet: isUnmet });
    }

    let end: Awaited<ReturnType<typeof undoRun>> | undefined;
    const what = { step: "rollback-migrate", says: undo.files.join(", "), stop: leave } as const;
    const meant = undoIntent(undo, error).data;
    try {
      await stepOnRecord({ ...what, intent: meant }, common, { journal, steps }, async () => {
        end = await undoRun(migrations, undo, { fence, signal: leave, tell }, { backup, clock });
        return undone(end, error);
      });
    } catch (fault) {
      if (!(fault instanceof StepFailed)) throw fault;
      return ended(judged, { problems: fault.problems, end });
    }
    return ended(judged, { problems: error.problems, end });
  }
}

function ended(
  judged: JudgedRun | undefined,
  after: Partial<Pick<MigrationEnd, "problems" | "unmet">> & {
    readonly end?: Awaited<ReturnType<typeof undoRun>> | undefined;
  },
): MigrationEnd {
  if (judged === undefined) throw new Error("the migrate step ended without an outcome");
  const { problems = [], unmet = false, end } = after;
  const schemaAfter = end === undefined ? judged.record.schema : end.schema;
  return { judged, problems, unmet, undone: end?.undone ?? [], schemaAfter };
}
