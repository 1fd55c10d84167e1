import type { Problem } from "../errors.ts";
import { fileProblems } from "./file-problems.ts";
import { parseFileName, type MigrationFileName } from "./file-name.ts";
import { parseHeader, PLAIN_HEADER } from "./header.ts";
import { numberProblems } from "./number-problems.ts";
import { splitMarkers } from "./split-markers.ts";
import type { Migration, MigrationFile, MigrationText } from "./types.ts";

export interface PairedMigrations {
  /** In the order in which they run. */
  readonly migrations: readonly Migration[];
  readonly problems: readonly Problem[];
}

export interface Pairing {
  /** Hex SHA-256 of a text. */
  readonly sha256: (text: string) => string;
}

interface Half {
  readonly name: MigrationFileName;
  readonly up?: MigrationText;
  readonly down?: MigrationText;
}

/** Files of a folder into migrations, each with a way back; every reason why a file cannot be one, at once. */
export function pairUp(files: readonly MigrationFile[], pairing: Pairing): PairedMigrations {
  const problems: Problem[] = [];
  const halves = files.flatMap((file) => halfOf(file, problems) ?? []);
  const groups = [...Map.groupBy(halves, ({ name }) => name.id).values()];
  const sorted = groups.toSorted(([one], [other]) => compare(one?.name, other?.name));

  const migrations = sorted.flatMap((group) => migrationOf(group, pairing, problems) ?? []);
  problems.push(...numberProblems(sorted.flatMap(([half]) => half?.name ?? [])));
  return { migrations, problems };
}

function halfOf(file: MigrationFile, problems: Problem[]): Half | undefined {
  const name = parseFileName(file.file);
  if (name === undefined) {
    problems.push({
      code: "MIGRATION_NAME",
      at: file.file,
      says: "is not named as a migration is",
      hint: "name it like 0001_add_entries.up.sql and 0001_add_entries.down.sql, or move it out of the folder",
    });
    return undefined;
  }
  if (name.layout === "code") return codeHalf(file, name, problems);
  if (file.text === undefined) {
    problems.push(file.unread ?? notText(file.file));
  }
  const text = file.text ?? "";
  if (name.direction !== undefined) {
    return { name, [name.direction]: checked(file, text, name.direction, problems) };
  }
  const parts = splitMarkers(file.file, text);
  problems.push(...parts.problems);
  const up = checked(file, parts.up, "up", problems);
  if (parts.down === undefined) return { name, up };
  return { name, up, down: checked(file, parts.down, "down", problems) };
}

function notText(at: string): Problem {
  return { code: "MIGRATION_NOT_TEXT", at, says: "is not UTF-8", hint: "write the file as plain UTF-8" };
}

function codeHalf(file: MigrationFile, name: MigrationFileName, problems: Problem[]): Half {
  const { rendered, unread } = file;
  if (rendered?.kind !== "rendered") {
    if (unread !== undefined) problems.push(unread);
    if (rendered !== undefined) problems.push(rendered.problem);
    const nothing = { file: file.file, sql: "", sha256: file.sha256, header: PLAIN_HEADER };
    return { name, up: nothing, down: nothing };
  }
  // What is said to Slipway in the code's own comments is not seen: it belongs into the SQL, as pgm.sql("-- slipway: …").
  const half = (["up", "down"] as const).map((direction) => {
    const text = rendered[direction];
    if (text === undefined) return undefined;
    const { header } = checked(file, text.sql, direction, problems, !text.inTransaction);
    const all = text.inTransaction ? header : { ...header, inTransaction: false };
    return { file: file.file, sql: text.sql, sha256: file.sha256, header: all };
  });
  const [up, down] = half;
  return { name, ...(up && { up }), ...(down && { down }) };
}

function checked(
  file: MigrationFile,
  sql: string,
  direction: "up" | "down",
  problems: Problem[],
  outside = false,
): MigrationText {
  const parsed = parseHeader(file.file, sql);
  const header = outside ? { ...parsed.header, inTransaction: false } : parsed.header;
  if (file.text !== undefined) {
    problems.push(...parsed.problems, ...fileProblems(file.file, sql, { direction, ...header }));
  }
  return { file: file.file, sql, sha256: file.sha256, header };
}

function migrationOf(
  group: readonly Half[],
  { sha256 }: Pairing,
  problems: Problem[],
): Migration | undefined {
  const [first] = group;
  if (first === undefined) return undefined;
  const { id, number } = first.name;
  const up = group.find((half) => half.up !== undefined)?.up;
  const down = group.find((half) => half.down !== undefined)?.down;
  if (new Set(group.map(({ name }) => name.layout)).size > 1 || group.length > 2) {
    problems.push(mixedLayouts(group));
    return undefined;
  }
  if (up === undefined) {
    problems.push(noUp(id));
    return undefined;
  }
  if (down !== undefined) {
    return { id, number, up, down, irreversible: false, renderedSha256: sha256(`${up.sql}\0${down.sql}`) };
  }
  problems.push(noDown(first.name, up.file));
  const none = { file: up.file, sql: "", sha256: up.sha256, header: PLAIN_HEADER };
  return { id, number, up, down: none, irreversible: true, renderedSha256: sha256(`${up.sql}\0`) };
}

function noDown({ id, layout }: MigrationFileName, at: string): Problem {
  const hints = {
    pair: `write ${id}.down.sql with the statements that undo it`,
    single: "write the statements that undo it under a line -- Down Migration",
    code: "export a function down that undoes it",
  };
  return {
    code: "MIGRATION_DOWN_MISSING",
    at,
    says: layout === "pair" ? "has no down file" : "has no down part",
    hint: hints[layout],
  };
}

function noUp(id: string): Problem {
  return {
    code: "MIGRATION_UP_MISSING",
    at: `${id}.down.sql`,
    says: "has no up file",
    hint: `write ${id}.up.sql, or delete the down file`,
  };
}

function mixedLayouts(group: readonly Half[]): Problem {
  const files = group.map(({ up, down, name }) => up?.file ?? down?.file ?? name.id);
  return {
    code: "MIGRATION_TWICE",
    at: files[0] ?? "",
    says: `is the same migration as ${[...new Set(files.slice(1))].join(" and ")}`,
    hint: "keep one of the files",
  };
}

function compare(one: MigrationFileName | undefined, other: MigrationFileName | undefined): number {
  if (one === undefined || other === undefined) return 0;
  return one.number - other.number || (one.id < other.id ? -1 : 1);
}
