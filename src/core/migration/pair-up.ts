import type { Problem } from "../errors.ts";
import { fileProblems } from "./file-problems.ts";
import { parseFileName, type MigrationFileName } from "./file-name.ts";
import type { Migration, MigrationFile, MigrationText } from "./types.ts";

export interface PairedMigrations {
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  readonly problems: readonly Problem[];
}

type Named = MigrationFile & { readonly name: MigrationFileName };

/** Files of a folder into migrations, each with a down; every reason why a file cannot be one, at once. */
export function pairUp(files: readonly MigrationFile[]): PairedMigrations {
  const problems: Problem[] = [];
  const byId = new Map<string, { up?: MigrationText; down?: MigrationText; number: number }>();

  for (const file of files) {
    const named = checkName(file, problems);
    if (named === undefined) continue;
    const text = checkText(named, problems);
    const pair = byId.get(named.name.id) ?? { number: named.name.number };
    byId.set(named.name.id, { ...pair, [named.name.direction]: text });
  }

  const pairs = [...byId].sort(([one], [other]) => (one < other ? -1 : 1));
  const migrations = pairs.flatMap(([id, { number, up, down }]) => {
    if (up !== undefined && down !== undefined) return [{ id, number, up, down }];
    problems.push(halfProblem(id, up === undefined ? "up" : "down"));
    return [];
  });
  problems.push(...doubleNumbers(pairs.map(([id, { number }]) => ({ id, number }))));
  return { migrations, problems };
}

function checkName(file: MigrationFile, problems: Problem[]): Named | undefined {
  const name = parseFileName(file.file);
  if (name !== undefined) return { ...file, name };
  problems.push({
    code: "MIGRATION_NAME",
    at: file.file,
    says: "is not named as a migration is",
    hint: "name it like 0001_add_entries.up.sql and 0001_add_entries.down.sql, or move it out of the folder",
  });
  return undefined;
}

function checkText({ file, text, sha256 }: Named, problems: Problem[]): MigrationText {
  if (text === undefined) {
    problems.push({
      code: "MIGRATION_NOT_TEXT",
      at: file,
      says: "is not UTF-8",
      hint: "write the file as plain UTF-8",
    });
  } else {
    problems.push(...fileProblems(file, text));
  }
  return { file, sql: text ?? "", sha256 };
}

function halfProblem(id: string, missing: "up" | "down"): Problem {
  return missing === "down"
    ? {
        code: "MIGRATION_DOWN_MISSING",
        at: `${id}.up.sql`,
        says: "has no down file",
        hint: `write ${id}.down.sql with the statements that undo it`,
      }
    : {
        code: "MIGRATION_UP_MISSING",
        at: `${id}.down.sql`,
        says: "has no up file",
        hint: `write ${id}.up.sql, or delete the down file`,
      };
}

function doubleNumbers(ids: readonly { readonly id: string; readonly number: number }[]): Problem[] {
  const groups = Map.groupBy(ids, ({ number }) => number);
  return [...groups.values()]
    .filter((group) => group.length > 1)
    .map((group) => ({
      code: "MIGRATION_NUMBER_TWICE",
      at: `${group[0]?.id}.up.sql`,
      says: `has the same number as ${group
        .slice(1)
        .map(({ id }) => id)
        .join(" and ")}`,
      hint: "give the newer one the next free number",
    }));
}
