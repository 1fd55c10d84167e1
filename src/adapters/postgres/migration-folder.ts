import { createHash } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SlipwayError, type Problem } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import { LARGEST, tooLarge } from "../../core/migration/file-problems.ts";
import { parseFileName } from "../../core/migration/file-name.ts";
import { pairUp, type PairedMigrations } from "../../core/migration/pair-up.ts";
import type { MigrationFile } from "../../core/migration/types.ts";
import { applyWaivers } from "../../core/migration/apply-waivers.ts";
import { judgeWaivers, type JudgedWaiver } from "../../core/migration/judge-waivers.ts";
import { readWaivers, WAIVERS_FILE } from "../../core/migration/waiver.ts";
import type { WaiverDemand } from "../../core/migration/waiver-rules.ts";
import { REHEARSALS_FILE } from "../../core/rehearsal/demand-rehearsals.ts";
import { renderMigrations } from "./render-migration.ts";

/** Files beside the migrations that say something about them. */
export const LINT_FILE = "lint.json";
export const STATISTICS_FILE = "statistics.json";
const COMPANIONS = new Set([WAIVERS_FILE, REHEARSALS_FILE, LINT_FILE, STATISTICS_FILE]);

export interface MigrationFolder extends PairedMigrations {
  readonly path: string;
  readonly waivers: readonly JudgedWaiver[];
}

/**
 * The folder's migrations, those in code as the SQL they stand for, and its waivers by the rules that are given.
 * Throws `MIGRATIONS_UNREADABLE` (exit 2).
 */
export async function readMigrations(folder: string, rules?: WaiverDemand): Promise<MigrationFolder> {
  const files = await readMigrationFolder(folder);
  const written = await readWaiversFile(folder);
  const code = files
    .filter(({ file, unread }) => unread === undefined && parseFileName(file)?.layout === "code")
    .map(({ file }) => file);
  const rendered = await renderMigrations(folder, code);
  const paired = pairUp(
    files.map((file) => ({ ...file, rendered: rendered.get(file.file) })),
    { sha256 },
  );
  const today = new Date().toISOString().slice(0, 10);
  const waivers = judgeWaivers(written.waivers, paired.migrations, today, rules);
  // All else that is wrong with a file stays wrong, whatever a waiver says.
  const forDowns = waivers.filter(({ waiver }) => waiver.rule === "MIGRATION_DOWN_MISSING");
  const { left } = applyWaivers(paired.problems, forDowns);
  return { path: folder, migrations: paired.migrations, waivers, problems: [...left, ...written.problems] };
}

/** All files of the folder but hidden ones and companions, sorted by name; what lies in folders below is not looked at. */
export async function readMigrationFolder(folder: string): Promise<readonly MigrationFile[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    const found = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."));
    const names = found.map(({ name }) => name);
    const files = names.filter((name) => !COMPANIONS.has(name)).sort();
    return files.map((file) => readMigrationFile(folder, file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown fault";
    throw new SlipwayError(
      {
        code: "MIGRATIONS_UNREADABLE",
        at: folder,
        says: `cannot be read: ${code}`,
        hint: "create the folder, or name the right one in database/migrations",
      },
      "usage",
      { cause: error },
    );
  }
}

/** A companion's parsed JSON; `undefined` when there is none. */
export async function readCompanion(
  folder: string,
  file: string,
): Promise<{ readonly value: unknown; readonly problems: readonly Problem[] } | undefined> {
  const text = await readFile(join(folder, file), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = parseJson(text);
  if (parsed.kind === "value") return { value: parsed.value, problems: [] };
  const problem = { code: "FILE_UNREADABLE", at: file, says: parsed.says, hint: "write the file again" };
  return { value: undefined, problems: [problem] };
}

async function readWaiversFile(folder: string): Promise<ReturnType<typeof readWaivers>> {
  const file = await readCompanion(folder, WAIVERS_FILE);
  if (file === undefined) return { waivers: [], problems: [] };
  return file.problems.length > 0 ? { waivers: [], problems: file.problems } : readWaivers(file.value);
}

/** Without the detour over other threads, which takes several times as long for a thousand small files. */
function readMigrationFile(folder: string, file: string): MigrationFile {
  // A pipe that nobody writes into would be waited for.
  const opened = openSync(join(folder, file), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const about = fstatSync(opened);
    if (!about.isFile()) return { file, text: undefined, sha256: "", unread: notAFile(file) };
    if (about.size > LARGEST) {
      return { file, text: undefined, sha256: "", unread: tooLarge(file, `${about.size} bytes`) };
    }
    const bytes = readFileSync(opened);
    return { file, text: decode(bytes), sha256: sha256(bytes) };
  } finally {
    closeSync(opened);
  }
}

function notAFile(file: string): Problem {
  return {
    code: "MIGRATION_NOT_TEXT",
    at: file,
    says: "is no file that can be read to its end",
    hint: "keep only the files of migrations in the folder",
  };
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function decode(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
