import type { Problem } from "../../core/errors.ts";
import type { LintFacts, LintSettings, LintText, TableStatistics } from "../../core/lint/types.ts";
import type { Migration } from "../../core/migration/types.ts";
import type { WaiverRules } from "../../core/migration/waiver-rules.ts";
import type { LintSource } from "../../ports/linting.ts";
import { LINT_FILE, readCompanion, readMigrations, STATISTICS_FILE } from "./migration-folder.ts";
import { parseSql } from "./parse-sql.ts";

/** Reads and parses a folder of migrations, with its settings, waivers and what production said of its tables. */
export async function loadLint(folder: string, rules?: WaiverRules): Promise<LintSource> {
  const { migrations, problems: unfit, waivers } = await readMigrations(folder, rules);
  const problems: Problem[] = [...unfit];
  const texts: LintText[] = [];
  for (const migration of migrations) {
    for (const direction of ["up", "down"] as const) {
      if (direction === "down" && migration.irreversible) continue;
      texts.push(await parseText(migration, direction, problems));
    }
  }
  const settings = await readSettings(folder, problems);
  const statistics = await readStatistics(folder, problems);
  const facts: LintFacts = { settings, statistics };
  return { texts, facts, waivers, problems };
}

async function parseText(
  migration: Migration,
  direction: "up" | "down",
  problems: Problem[],
): Promise<LintText> {
  const { file, sql } = migration[direction];
  const parsed = await parseSql(sql);
  if (parsed.kind === "parsed") return { file, direction, migration, statements: parsed.statements };
  problems.push({
    code: "LINT_SYNTAX",
    at: `${file}:${parsed.line}`,
    says: parsed.says,
    hint: "write SQL that Postgres takes",
  });
  return { file, direction, migration, statements: [] };
}

async function readSettings(folder: string, problems: Problem[]): Promise<LintSettings> {
  const file = await readCompanion(folder, LINT_FILE);
  if (file === undefined) return { tenantColumns: [] };
  const columns = isRecord(file.value) ? file.value["tenantColumns"] : undefined;
  if (Array.isArray(columns) && columns.every((one) => typeof one === "string")) {
    return { tenantColumns: columns };
  }
  problems.push(...invalid(LINT_FILE, file.problems, 'write { "tenantColumns": ["clinic_id"] }'));
  return { tenantColumns: [] };
}

async function readStatistics(folder: string, problems: Problem[]): Promise<LintFacts["statistics"]> {
  const file = await readCompanion(folder, STATISTICS_FILE);
  if (file === undefined) return undefined;
  const tables = isRecord(file.value) ? file.value["tables"] : undefined;
  if (isRecord(tables) && Object.values(tables).every(isStatistics)) {
    return tables as Readonly<Record<string, TableStatistics>>;
  }
  const hint = "write it with: slipway migrate statistics --env=production --write";
  problems.push(...invalid(STATISTICS_FILE, file.problems, hint));
  return undefined;
}

function invalid(file: string, problems: readonly Problem[], hint: string): readonly Problem[] {
  if (problems.length > 0) return problems;
  return [{ code: "LINT_FILE_INVALID", at: file, says: "does not hold what it should", hint }];
}

function isStatistics(value: unknown): value is TableStatistics {
  return isRecord(value) && typeof value["rows"] === "number" && typeof value["bytes"] === "number";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
