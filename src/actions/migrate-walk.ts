import { SlipwayError, type Problem } from "../core/errors.ts";
import type { DownTarget } from "../core/migration/choose-down.ts";
import type { Migration } from "../core/migration/types.ts";
import { walkReport, type WalkLeg, type WalkReport } from "../core/rehearsal/walk-report.ts";
import type { OwnDatabase } from "../ports/own-database.ts";

export interface WalkRequest {
  readonly app: string;
  /** The last migration that runs, or its number; undefined: all of them. */
  readonly to: string | undefined;
  /** Undefined: up only. `"as far as they go"`: to nothing, or to the newest migration that has no down. */
  readonly down: DownTarget | "as far as they go" | undefined;
  /** Whether it goes up once more. */
  readonly again: boolean;
  readonly signal: AbortSignal;
}

/** Takes migrations up, and if asked down and up again, in a database of their own. Stops at the first leg that fails. */
export async function migrateWalk(request: WalkRequest, database: OwnDatabase): Promise<WalkReport> {
  const { app, down, again, signal } = request;
  const to = request.to === undefined ? undefined : migrationNamed(database.migrations, request.to);

  const legs: WalkLeg[] = [await database.up(to, signal)];
  const target = down === "as far as they go" ? { to: lastWithoutDown(database.migrations, to) } : down;
  if (target !== undefined && isDone(legs)) legs.push(await database.down(target, signal));
  if (again && isDone(legs)) legs.push(await database.up(to, signal));
  return walkReport(app, database.postgres, legs);
}

function isDone(legs: readonly WalkLeg[]): boolean {
  return legs.every(({ problem }) => problem === undefined);
}

/** Id of the migration that is meant by its id or its number. Throws `MIGRATION_NOT_FOUND` (exit 2). */
export function migrationNamed(migrations: readonly Migration[], name: string): string {
  const found = migrations.find(({ id }) => id === name || id.startsWith(`${name}_`));
  if (found !== undefined) return found.id;
  const problem: Problem = {
    code: "MIGRATION_NOT_FOUND",
    at: "--to",
    says: `names ${name}, and there is no such migration`,
    hint: `the first is ${migrations.at(0)?.id ?? "none"}, the last ${migrations.at(-1)?.id ?? "none"}; the number is enough`,
  };
  throw new SlipwayError(problem, "usage");
}

function lastWithoutDown(migrations: readonly Migration[], to: string | undefined): string {
  const end = to === undefined ? migrations.length : migrations.findIndex(({ id }) => id === to) + 1;
  return migrations.slice(0, end).findLast(({ irreversible }) => irreversible)?.id ?? "nothing";
}
