import type { Problem } from "../errors.ts";
import { parseId } from "./file-name.ts";
import type { AppliedMigration, Migration } from "./types.ts";

export interface HistoryComparison {
  readonly pending: readonly Migration[];
  readonly problems: readonly Problem[];
}

/** Migrations in the folder against those that ran. A difference that cannot be run away from is a problem. */
export function compareHistory(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): HistoryComparison {
  const ran = new Map(applied.map((row) => [row.id, row]));
  const pending = migrations.filter(({ id }) => !ran.has(id));
  const lastRan = Math.max(0, ...applied.map(({ id }) => numberOf(id)));
  return {
    pending,
    problems: [
      ...applied.flatMap((row) => appliedProblem(row, migrations) ?? []),
      ...pending
        .filter(({ number }) => number < lastRan && !applied.some(({ id }) => numberOf(id) === number))
        .map((migration) => outOfOrder(migration, lastRan)),
    ],
  };
}

function appliedProblem(row: AppliedMigration, migrations: readonly Migration[]): Problem | undefined {
  const file = migrations.find(({ id }) => id === row.id);
  if (file === undefined) return goneProblem(row.id, migrations);
  if (row.adopted === true) return undefined;
  if (file.up.sha256 !== row.upSha256) return edited(file.up.file, row.upSha256, file.up.sha256);
  if (file.down.sha256 !== row.downSha256) return edited(file.down.file, row.downSha256, file.down.sha256);
  if (row.renderedSha256 !== undefined && row.renderedSha256 !== file.renderedSha256) {
    return renderedOtherwise(file.up.file, row.renderedSha256, file.renderedSha256);
  }
  return undefined;
}

/** The file is the same and its SQL is not: what the code imports, or node-pg-migrate itself, has changed. */
function renderedOtherwise(file: string, recorded: string, found: string): Problem {
  return {
    code: "MIGRATION_RENDERED_OTHERWISE",
    at: file,
    says: `now stands for other SQL than the one that ran (recorded ${recorded.slice(0, 12)}, found ${found.slice(0, 12)})`,
    hint: "restore what the file imports, and the version of node-pg-migrate; put the change in a new migration",
  };
}

function goneProblem(id: string, migrations: readonly Migration[]): Problem {
  const number = numberOf(id);
  const namesake = migrations.find((migration) => migration.number === number);
  if (namesake !== undefined) {
    return {
      code: "MIGRATION_UNKNOWN",
      at: namesake.up.file,
      says: `the database ran ${id} under this number`,
      hint: `restore ${id}, and give ${namesake.id} the next free number`,
    };
  }
  const last = migrations.at(-1);
  if (last === undefined || number > last.number) {
    return {
      code: "MIGRATION_DATABASE_AHEAD",
      at: `${id}.up.sql`,
      says: `ran in the database, which is ahead of the files (they end with ${last?.id ?? "nothing"})`,
      hint: "use a release that has this migration, or restore its files",
    };
  }
  return {
    code: "MIGRATION_MISSING",
    at: `${id}.up.sql`,
    says: "ran in the database and is not among the files",
    hint: `restore ${id}.up.sql and ${id}.down.sql; a migration that ran is never deleted`,
  };
}

function edited(file: string, recorded: string, found: string): Problem {
  return {
    code: "MIGRATION_EDITED",
    at: file,
    says: `changed after it ran (recorded ${recorded.slice(0, 12)}, found ${found.slice(0, 12)})`,
    hint: "restore the file and put the change in a new migration",
  };
}

function outOfOrder({ up, id, number }: Migration, lastRan: number): Problem {
  return {
    code: "MIGRATION_OUT_OF_ORDER",
    at: up.file,
    says: `has not run, though number ${String(lastRan).padStart(4, "0")} after it has`,
    hint: `give ${id.slice(id.indexOf("_") + 1)} the next free number instead of ${String(number).padStart(4, "0")}`,
  };
}

function numberOf(id: string): number {
  return parseId(id)?.number ?? 0;
}
