import type { Problem } from "../errors.ts";
import type { AppliedMigration, Migration } from "./types.ts";

/** How far down: to a migration, which stays, or by a number of them. `to: "nothing"` is all. */
export type DownTarget = { readonly to: string } | { readonly count: number } | UndoTarget;

/** What a failed run has done: these migrations, by the files of their ups, of which one may have been begun only. */
export interface UndoTarget {
  readonly files: readonly string[];
  /** Hex SHA-256 of the schema before them, which must be there again. */
  readonly schema: string;
}

export type DownChoice =
  | { readonly kind: "chosen"; readonly migrations: readonly Migration[] }
  | { readonly kind: "refused"; readonly problems: readonly Problem[] };

/** Which migrations go, the newest first. A number that is not 1 or more never means all of them. */
export function chooseDown(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
  target: DownTarget,
): DownChoice {
  if ("files" in target) return chooseUndone(migrations, applied, target.files);
  const count = "count" in target ? target.count : countTo(applied, target.to);
  if (count === undefined) return refuse(unknown(("to" in target && target.to) || "", applied));
  if (!Number.isInteger(count) || count < 0 || (count === 0 && "count" in target)) {
    return refuse({
      code: "MIGRATION_COUNT",
      at: "--count",
      says: `is ${count}, which is not a number of migrations to undo`,
      hint: "give 1 or more, or name with --to the migration that stays",
    });
  }
  if (count > applied.length) {
    return refuse({
      code: "MIGRATION_COUNT",
      at: "--count",
      says: `is ${count}, and ${applied.length} have run`,
      hint: "slipway migrate status shows them",
    });
  }
  const ids = applied.slice(applied.length - count).map(({ id }) => id);
  const chosen = ids.toReversed().flatMap((id) => migrations.find((one) => one.id === id) ?? []);
  const problems = chosen.filter(({ irreversible }) => irreversible).map(noWayBack);
  return problems.length > 0 ? { kind: "refused", problems } : { kind: "chosen", migrations: chosen };
}

/** Those that ran must be the newest; one that did not may only be the next one. */
function chooseUndone(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
  files: readonly string[],
): DownChoice {
  const ran = new Set(applied.map(({ id }) => id));
  const chosen = migrations.filter(({ up }) => files.includes(up.file)).toReversed();
  const undone = chosen.filter(({ id }) => ran.has(id)).map(({ id }) => id);
  const begun = chosen.filter(({ id }) => !ran.has(id)).map(({ id }) => id);
  const newest = applied.slice(applied.length - undone.length).map(({ id }) => id);
  const next = migrations.find(({ id }) => !ran.has(id))?.id;
  const isThisRun =
    chosen.length === files.length &&
    newest.toReversed().every((id, index) => id === undone[index]) &&
    begun.every((id) => id === next);
  if (!isThisRun) {
    return refuse({
      code: "MIGRATION_UNDO_OTHER",
      at: files[0] ?? "",
      says: "is not what ran here last: somebody else has migrated this database meanwhile",
      hint: "slipway migrate status shows what ran; find out who it was before you do anything",
    });
  }
  const problems = chosen.filter(({ irreversible }) => irreversible).map(noWayBack);
  return problems.length > 0 ? { kind: "refused", problems } : { kind: "chosen", migrations: chosen };
}

function countTo(applied: readonly AppliedMigration[], to: string): number | undefined {
  if (to === "nothing") return applied.length;
  const index = applied.findIndex(({ id }) => id === to || id.startsWith(`${to}_`));
  return index < 0 ? undefined : applied.length - 1 - index;
}

function refuse(...problems: readonly Problem[]): DownChoice {
  return { kind: "refused", problems };
}

function unknown(to: string, applied: readonly AppliedMigration[]): Problem {
  return {
    code: "MIGRATION_NOT_APPLIED",
    at: "--to",
    says: `names ${to}, which has not run`,
    hint: `the last one that has is ${applied.at(-1)?.id ?? "none"}; slipway migrate status shows all`,
  };
}

function noWayBack({ id, up }: Migration): Problem {
  return {
    code: "MIGRATION_IRREVERSIBLE",
    at: up.file,
    says: `${id} has no down; its waiver says how to get back`,
    hint: "restore a backup as the waiver's restorePlan says, or go forward with a new migration",
  };
}
