import type { DataCheck } from "../core/data-check/types.ts";
import { SlipwayError, type Problem } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import { decideUndo, type UndoDecision } from "../core/migration/decide-undo.ts";
import { migrationRecord, unsignedWaivers, type MigrationRecord } from "../core/migration/run-record.ts";
import { whatToWarnOf } from "../core/data-check/what-to-warn-of.ts";
import type { Clock } from "../ports/clock.ts";
import type {
  MigrationFacts,
  MigrationOutcome,
  MigrationRunOptions,
  Migrations,
} from "../ports/migrations.ts";

/** Up without a target, down with one. */
export type MigrationOrder = MigrationRunOptions & { readonly target?: DownTarget | undefined };

/** A run of migrations, what came of it, and what follows. */
export interface JudgedRun {
  readonly outcome: MigrationOutcome;
  readonly record: MigrationRecord;
  /** Why it did not end well; empty: it did. */
  readonly problems: readonly Problem[];
  readonly interrupted: boolean;
  readonly undo: UndoDecision;
  /** The schema that an undoing must bring back: before what failed, or before the run. */
  readonly back: string;
  /** What the checks saw that is not this run's doing, or could not be looked at. */
  readonly warnings: readonly string[];
}

interface Aftermath {
  readonly check: DataCheck;
  readonly schema: string | null;
  readonly version: string | null;
  readonly known: readonly MigrationFacts[];
  /** Why the database could not be asked. */
  readonly unasked: readonly Problem[];
}

const NOTHING_FOUND: DataCheck = { problems: [], known: [], notes: [], unchecked: [] };

/**
 * Measures the data, runs migrations in either direction, checks what they did, and decides what of it must go. Undoes
 * nothing itself.
 *
 * @param schemaBefore hex SHA-256 of the schema before the run
 * @param backup id of the backup that the run began with
 */
export async function migrateAndJudge(
  migrations: Migrations,
  order: MigrationOrder,
  { schemaBefore, backup, clock }: Given,
): Promise<JudgedRun> {
  const began = clock.now();
  const { version: versionBefore } = await migrations.facts([]);
  const measure = await migrations.measure();

  const { target, ...run } = order;
  const outcome = await (target === undefined
    ? migrations.apply(run)
    : migrations.revert({ ...run, target }));
  const ranAll = outcome.kind === "applied" && outcome.ran.length > 0;
  const after = await lookAfter(migrations, outcome, () =>
    ranAll ? migrations.check(measure) : Promise.resolve(NOTHING_FOUND),
  );

  const direction = target === undefined ? "up" : "down";
  const interrupted = outcome.kind === "failed" && order.signal.aborted;
  const problems =
    outcome.kind === "failed" ? [withWhatStayed(outcome)] : [...after.check.problems, ...after.unasked];
  const record = migrationRecord({
    direction,
    ran: outcome.ran ?? [],
    failed: outcome.kind === "failed" ? outcome.failed : undefined,
    known: after.known,
    stayed: outcome.kind === "failed" ? outcome.stayed : problems.length === 0 ? [] : filesOf(outcome.ran),
    versionBefore,
    version: after.version,
    schemaBefore,
    schema: after.schema,
    left: outcome.kind === "failed" ? outcome.schema : undefined,
    backup,
    seconds: Math.round(clock.now() - began) / 1000,
  });
  return {
    outcome,
    record,
    problems,
    interrupted,
    // What was interrupted is gone on with by the next run.
    undo: problems.length === 0 || interrupted ? { kind: "nothing" } : whatGoes(direction, outcome, after),
    back: (outcome.kind === "failed" && outcome.schema?.before) || schemaBefore,
    warnings: [...whatToWarnOf(after.check), ...unsignedWaivers(record)],
  };
}

interface Given {
  readonly schemaBefore: string;
  readonly backup: string | null;
  readonly clock: Pick<Clock, "now">;
}

/** How the database is after a run; it may be gone by then. */
async function lookAfter(
  migrations: Migrations,
  outcome: MigrationOutcome,
  check: () => Promise<DataCheck>,
): Promise<Aftermath> {
  const failed = outcome.kind === "failed" && outcome.failed !== undefined ? [outcome.failed] : [];
  const files = filesOf([...(outcome.ran ?? []), ...failed]);
  try {
    const { version, migrations: known } = await migrations.facts(files);
    return { version, known, schema: await migrations.schema(), check: await check(), unasked: [] };
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    const unasked = error.problems;
    return { version: null, known: [], schema: null, check: NOTHING_FOUND, unasked };
  }
}

function whatGoes(direction: "up" | "down", outcome: MigrationOutcome, { known }: Aftermath): UndoDecision {
  const factsOf = (file: string) => known.find((one) => one.file === file || one.downFile === file);
  if (outcome.kind === "applied") {
    const ran = outcome.ran.map(({ file }) => factsOf(file) ?? unknownWay(file));
    return decideUndo({ direction, because: "checks", ran, failed: undefined, isAsItWas: undefined });
  }
  const { failed, schema } = outcome;
  const isAsItWas = schema === undefined ? undefined : schema.before === schema.after;
  const facts = failed && (factsOf(failed.file) ?? unknownWay(failed.file));
  return decideUndo({ direction, because: "failed", ran: [], failed: facts, isAsItWas });
}

function filesOf(some: readonly { readonly file: string }[]): readonly string[] {
  return some.map(({ file }) => file);
}

/** Of a migration that nobody could be asked about. */
function unknownWay(file: string) {
  return { file, phase: undefined, irreversible: false, rehearsed: false, inTransaction: false };
}

function withWhatStayed({
  problem,
  stayed,
  schema,
  failed,
}: Extract<MigrationOutcome, { kind: "failed" }>): Problem {
  // Nothing had begun.
  if (failed === undefined && stayed.length === 0) return problem;
  const stays = stayed.length === 0 ? "" : `; what ran before it stays: ${stayed.join(", ")}`;
  const isAsItWas = schema === undefined || schema.before === schema.after;
  return { ...problem, says: `${problem.says}${stays || (isAsItWas ? "; the schema is as it was" : "")}` };
}
