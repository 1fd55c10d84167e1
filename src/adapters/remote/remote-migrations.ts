import type { DataCheck, DataMeasure } from "../../core/data-check/types.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Inspected } from "../../ports/migration-inspection.ts";
import type {
  MigrationOutcome,
  MigrationPlan,
  MigrationRunOptions,
  Migrations,
  OpenMigrations,
} from "../../ports/migrations.ts";
import type { SchemaSnapshot } from "../../core/schema/types.ts";
import { carriedRules } from "../../core/worker/carried-rules.ts";
import type { RemoteWorker } from "./remote-worker.ts";
import { isCutOff, WorkerLost } from "./worker-faults.ts";

/** The migrations of a database that only the worker reaches. The URL is the worker's to know. */
export function remoteMigrations(worker: RemoteWorker): OpenMigrations {
  return async ({ folder, demandsRehearsal = false, waivers, alertAfterMs }) => {
    const demands = { demandsRehearsal, waivers: carriedRules(waivers), alertAfterMs, folder };
    const opening = { handle: worker.newHandle(), what: "migrations", ...demands } as const;
    const looking = { ...opening, handle: worker.newHandle(), what: "inspection" } as const;
    const inspect = async () => (await worker.ask(looking, { method: "inspect" })) as Inspected;

    const run = async (
      method: "apply" | "revert",
      { fence, signal, tell }: MigrationRunOptions,
      argument?: unknown,
    ): Promise<MigrationOutcome> => {
      const { migrations, applied } = await inspect();
      const before = idsOf(applied);
      try {
        const options = { fence, signal, tell };
        return (await worker.ask(opening, { method, argument }, options)) as MigrationOutcome;
      } catch (error) {
        if (!isCutOff(error)) throw error;
        const isLost = error instanceof WorkerLost;
        const after = isLost && !signal.aborted ? await settled(worker, error, inspect) : undefined;
        if (!isLost || after === undefined) throw unknownOutcome(error);
        const direction = method === "apply" ? "up" : "down";
        const moved = (id: string) => before.has(id) !== after.has(id);
        return {
          kind: "failed",
          problem: lostProblem(error),
          stayed: migrations.filter(({ id }) => moved(id)).map((one) => one[direction].file),
        };
      }
    };

    // As where the database is reached directly: what cannot be opened is refused at once.
    await worker.ask(opening, undefined);
    const migrations: Migrations = {
      plan: async () => (await worker.ask(opening, { method: "plan" })) as MigrationPlan,
      apply: ({ to, ...options }) => run("apply", options, { to }),
      revert: ({ target, ...options }) => run("revert", options, target),
      facts: async (files) =>
        (await worker.ask(opening, { method: "facts", argument: files })) as Awaited<
          ReturnType<Migrations["facts"]>
        >,
      measure: async () => (await worker.ask(opening, { method: "measure" })) as DataMeasure,
      check: async (before) =>
        (await worker.ask(opening, { method: "check", argument: before })) as DataCheck,
      schema: async () => (await worker.ask(opening, { method: "schema" })) as string,
      describe: async () => (await worker.ask(opening, { method: "describe" })) as SchemaSnapshot,
      close: async () => {
        await worker.close(opening.handle);
        await worker.close(looking.handle);
      },
    };
    return migrations;
  };
}

/** What is applied once nothing of the lost worker is under way any more; undefined: that cannot be found out. */
async function settled(
  worker: RemoteWorker,
  lost: WorkerLost,
  inspect: () => Promise<Inspected>,
): Promise<ReadonlySet<string> | undefined> {
  try {
    await worker.settle(lost);
    return idsOf((await inspect()).applied);
  } catch {
    return undefined;
  }
}

function idsOf(applied: Inspected["applied"]): ReadonlySet<string> {
  return new Set(applied.map(({ id }) => id));
}

function lostProblem({ because, problems }: WorkerLost) {
  return {
    code: "MIGRATION_WORKER_LOST",
    at: problems[0]?.at ?? "",
    says: `the worker was lost while it migrated (${because}); what it had not committed was undone`,
    hint: "look into its log and try again",
  };
}

function unknownOutcome(cause: SlipwayError): SlipwayError {
  const [first] = cause.problems;
  return new SlipwayError(
    {
      code: "MIGRATION_OUTCOME_UNKNOWN",
      at: first?.at ?? "",
      says: `the worker's answer was lost (${first?.says ?? ""}), and the database cannot be asked what it has kept`,
      hint: "run the same command again; it asks the database first",
    },
    "outcomeUnknown",
    { cause },
  );
}
